import { isFailure } from '../../domain/model/status.ts'
import { nameText } from '../../domain/name-text.ts'
import type { Branch } from '../../domain/tree/nest.ts'
import type { Summary, Truncated } from '../../domain/tree/summary.ts'
import type { More, NodeEvents, TreeJob } from '../../domain/tree/node.ts'
import { restUrl } from '../links.ts'

type Entry = { depth: number } & ({ branch: Branch; via: string | null } | { more: More })

/**
 * The tree as indented lines, two spaces a level, an invocation a line; then what was left out, the figures, and `above`, what is known above the root. Names are shown by nameText, so a line stays one. Depth first, without recursion.
 * `pruned`: of a tree that shows failed branches alone, how many invocations are left out; then the errors stand below their invocation.
 */
export function* treeLines(
  root: Branch,
  summary: Summary,
  truncated: Truncated | null,
  above = '',
  pruned?: number,
): Generator<string> {
  const stack: Entry[] = [{ depth: 0, branch: root, via: null }]
  for (let entry = stack.pop(); entry; entry = stack.pop()) {
    const indent = '  '.repeat(entry.depth)
    if ('more' in entry) {
      yield `${indent}… ${moreText(entry.more)}\n`
      continue
    }
    yield `${indent}${line(entry.branch, entry.via)}\n`
    if (pruned !== undefined) for (const error of errorsOf(entry.branch)) yield `${indent}  ! ${error}\n`
    stack.push(...below(entry.branch, entry.depth + 1).reverse())
  }
  yield `\n${figuresText(summary, truncated)}\n`
  if (pruned !== undefined)
    yield `${count(pruned, 'invocation')} in which nothing failed ${pruned === 1 ? 'is' : 'are'} left out\n`
  if (above !== '') yield `${above}\n`
}

function below({ jobs, more }: Branch, depth: number): Entry[] {
  const entries = jobs.flatMap((job): Entry[] => [
    ...job.triggered.map((branch) => ({ depth, branch, via: job.name })),
    ...(job.more ? [{ depth, more: job.more }] : []),
  ])
  return more ? [...entries, { depth, more }] : entries
}

function line(branch: Branch, via: string | null): string {
  const { id, createdAt, sourceFunction, durationMs, jobs, events, cycle } = branch
  const parts = [
    via === null ? nameText(sourceFunction) : `${nameText(via)} → ${nameText(sourceFunction)}`,
    stateText(branch),
    durationMs === null ? '' : `${durationMs} ms`,
    ...jobsText(jobs),
    events ? eventsText(events) : '',
    cycle ? 'its own descendant' : '',
    createdAt,
    id,
  ]
  return parts.filter((part) => part !== '').join('  ')
}

/** What went wrong in an invocation, a line each: its own message, that of its crash, and those of its failed jobs. */
function errorsOf({ errorMessage, crash, jobs }: Branch): string[] {
  const told = (name: string, message: string | null): string =>
    `${nameText(name)}: ${nameText(message ?? 'no message')}`
  return [
    ...(errorMessage === null ? [] : [nameText(errorMessage)]),
    ...(crash === null ? [] : [told(crash.eventName, crash.message)]),
    ...jobs.filter((job) => isFailure(job.status)).map((job) => told(job.name, job.errorMessage)),
  ]
}

/** The status of an invocation, and the event that crashed in it. */
export function stateText({ status, stale, crash }: Pick<Branch, 'status' | 'stale' | 'crash'>): string {
  return `${status}${stale ? ' (stale)' : ''}${crash === null ? '' : `, crashed in ${nameText(crash.eventName)}`}`
}

/** How many jobs there are, and the names of those that failed, that run, and that are stale. */
export function jobsText(jobs: readonly TreeJob[]): string[] {
  return [
    `${count(jobs.length, 'job')}${named(', failed: ', jobs, (job) => isFailure(job.status))}`,
    named('running: ', jobs, (job) => job.status === 'running' && !job.stale),
    named('stale: ', jobs, (job) => job.stale),
  ].filter((part) => part !== '')
}

/** The names of the jobs for which `holds` is true, with commas between, after `label`. It is empty if there are none. */
function named(label: string, jobs: readonly TreeJob[], holds: (job: TreeJob) => boolean): string {
  const names = jobs.filter(holds).map((job) => nameText(job.name))
  return names.length > 0 ? `${label}${names.join(', ')}` : ''
}

/** `1 of 14 events: invoice-settled`; what became of one that did not complete stands behind its name. */
function eventsText({ detected, undetected, data }: NodeEvents): string {
  const names = data.map(({ name, status }) =>
    status === 'completed' ? nameText(name) : `${nameText(name)} (${status})`,
  )
  return `${detected} of ${count(detected + undetected, 'event')}${names.length > 0 ? `: ${names.join(', ')}` : ''}`
}

/** `4 more here, and what is below them: GET …`: what is counted are those that come next. */
function moreText({ invocations, below, jobs, rest }: More): string {
  const those = invocations === 1 ? 'it' : 'them'
  const what = [
    ...(invocations === undefined
      ? []
      : [
          `${invocations} more here`,
          below === undefined ? `and what is below ${those}` : `${below === 0 ? 'none' : below} below ${those}`,
        ]),
    ...(jobs === undefined ? [] : [`${jobs} more ${jobs === 1 ? 'job' : 'jobs'} here`]),
  ]
  return `${what.join(', ')}: GET ${restUrl(rest)}`
}

/** The figures of a tree, and by which limit it was cut. */
export function figuresText(summary: Summary, truncated: Truncated | null): string {
  const { invocations, jobs, failedInvocations, failedJobs, running, stale, durationMs } = summary
  const figures = `${count(invocations, 'invocation')}, ${count(jobs, 'job')}; failed: ${count(failedInvocations, 'invocation')}, ${count(failedJobs, 'job')}; running: ${running}; stale: ${stale}`
  const took = durationMs === null ? '' : `; ${durationMs} ms from start to end`
  return `${figures}${took}${truncated ? `; cut by ${truncated.reason} (${truncated.limit})` : ''}`
}

/** `1 job`, `2 jobs`. */
export function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`
}
