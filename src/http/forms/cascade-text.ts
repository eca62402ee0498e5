import type { Cascade } from '../../domain/cascade/cascade.ts'
import type { Downstream } from '../../domain/cascade/downstream.ts'
import type { DidNotFollow, RootCause, Some } from '../../domain/cascade/root-cause.ts'
import { nameText } from '../../domain/name-text.ts'
import type { Place } from '../../reading/tree/findings.ts'
import { cutText } from './cut-text.ts'
import { rootText } from './link-text.ts'

/** What failed in a tree as text: the verdict; a line for each root cause, with what ran below it indented; the hidden crashes, and what is stale. */
export function* cascadeLines({ verdict, rootCauses, hiddenCrashes, stale }: Cascade, place: Place): Generator<string> {
  yield `${verdict}\n`
  if (rootCauses.count > 0) yield '\nroot causes\n'
  for (const cause of rootCauses.data) {
    yield `  ${causeText(cause)}\n`
    for (const line of belowLines(cause.downstream)) yield `    ${line}\n`
    for (const each of cause.didNotFollow ?? []) yield `    ${didNotFollowText(each)}\n`
  }
  yield* rest(rootCauses)
  if (hiddenCrashes.count > 0) yield '\nhidden crashes\n'
  for (const { createdAt, sourceFunction, eventName, message, invocationId } of hiddenCrashes.data)
    yield `  ${columns(createdAt, nameText(sourceFunction), `crashed in ${nameText(eventName)}`, messageText(message), invocationId)}\n`
  yield* rest(hiddenCrashes)
  if (stale.count > 0) yield '\nstale\n'
  for (const { startedAt, kind, name, id } of stale.data)
    yield `  ${columns(startedAt, `${kind} ${nameText(name)}`, id)}\n`
  yield* rest(stale)
  const ends = [cutText(place.truncated), rootText(place)].filter((text) => text !== '')
  if (ends.length > 0) yield `\n${ends.join('\n')}\n`
}

function causeText({ at, kind, name, sourceFunction, status, errorMessage, id }: RootCause): string {
  const what = kind === 'invocation' ? nameText(name) : `${kind} ${nameText(name)} of ${nameText(sourceFunction)}`
  return columns(at, what, kind === 'handler' ? 'crashed' : status, messageText(errorMessage), id)
}

function* belowLines({ invocations, jobs, failedInvocations, failedJobs, data }: Downstream): Generator<string> {
  yield `below it: ${invocations} invocation${invocations === 1 ? '' : 's'} (${failedInvocations} failed), ${jobs} job${jobs === 1 ? '' : 's'} (${failedJobs} failed)`
  for (const { createdAt, sourceFunction, status, stale, crashed, id } of data)
    yield columns(
      createdAt,
      nameText(sourceFunction),
      `${status}${stale ? ' (stale)' : ''}${crashed ? ', crashed' : ''}`,
      id,
    )
  if (invocations > data.length) yield `… ${invocations - data.length} more`
}

/** `did not follow: function on-payment-captured (99.8 % of 412 runs before)`. */
function didNotFollowText({ kind, name, support, confidence }: DidNotFollow): string {
  return `did not follow: ${kind} ${nameText(name)} (${(confidence * 100).toFixed(1)} % of ${support} runs before)`
}

function* rest({ count, data }: Some<unknown>): Generator<string> {
  if (count > data.length) yield `  … ${count - data.length} more\n`
}

function messageText(message: string | null): string {
  return message === null ? '' : JSON.stringify(message)
}

function columns(...parts: string[]): string {
  return parts.filter((part) => part !== '').join('  ')
}
