import { nameText } from '../name-text.ts'
import type { RootCause, Some } from './root-cause.ts'

interface Findings {
  /** By time. */
  causes: Some<RootCause>
  hidden: number
  stale: number
  complete: boolean
}

/** What is to be said of a tree in one sentence. It says what came first and what ran below it, and never that one thing made another fail. */
export function verdictOf({ causes, hidden, stale, complete }: Findings): string {
  const [first] = causes.data
  const others = Math.max(0, causes.count - 1)
  const parts = [
    first === undefined ? 'nothing failed' : firstText(first),
    others === 0
      ? ''
      : `${count(others, 'more failure')} ${others === 1 ? 'has' : 'have'} no failed job or handler above`,
    hidden === 0 ? '' : `${count(hidden, 'invocation')} crashed and ${hidden === 1 ? 'does' : 'do'} not say so`,
    stale === 0 ? '' : `${count(stale, 'run')} ${stale === 1 ? 'is' : 'are'} stale`,
    complete ? '' : 'the tree was cut, so this is said of the part that was read',
  ]
  const text = parts.filter((part) => part !== '').join('; ')
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`
}

function firstText({ kind, name, sourceFunction, at, downstream }: RootCause): string {
  const what = {
    job: `job ${nameText(name)} of ${nameText(sourceFunction)} failed`,
    handler: `event ${nameText(name)} of ${nameText(sourceFunction)} crashed`,
    invocation: `${nameText(sourceFunction)} failed by itself`,
  }[kind]
  return `${what} first, at ${at}, and ${belowText(downstream)}`
}

function belowText({ invocations, failedInvocations }: RootCause['downstream']): string {
  if (invocations === 0) return 'nothing was triggered below it'
  const failed = failedInvocations === 0 ? 'none' : failedInvocations
  return `${count(invocations, 'invocation')} ran below it nevertheless, of which ${failed} failed`
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`
}
