import { compareInstants } from '../instant.ts'
import { hasFailed, isFailure } from '../model/status.ts'
import type { Node, TreeJob } from '../tree/node.ts'
import { ranBelow } from './downstream.ts'
import type { RootCause, Some } from './root-cause.ts'
import { verdictOf } from './verdict.ts'

/** A completed invocation in which an event crashed. */
export interface HiddenCrash {
  invocationId: string
  sourceFunction: string
  eventId: string
  eventName: string
  message: string | null
  createdAt: string
}

/** What says that it runs, and does not. */
export interface StaleRun {
  kind: 'invocation' | 'job'
  name: string
  id: string
  invocationId: string
  startedAt: string
}

export interface Cascade {
  verdict: string
  rootCauses: Some<RootCause>
  hiddenCrashes: Some<HiddenCrash>
  stale: Some<StaleRun>
}

/** Root causes, hidden crashes and stale runs that are shown of each. */
export const SHOWN = 100

/**
 * What failed in a tree by itself, what ran below each failure nevertheless, and what hides. A failure is a root cause if no job, handler or function above it failed, on the links up to the
 * start of the tree (source: the span that fails with no failed ancestor, as error propagation is told apart in distributed tracing; here along recorded links, so nothing is guessed from times).
 * Of several crashed events of one invocation the first stands for all, as everywhere. `nodes`: by depth, parents first. `complete`: all of the tree was read. What normally follows is not looked at here (see didNotFollow).
 */
export function cascade(nodes: readonly Node[], complete: boolean): Cascade {
  const failures = rootFailures(nodes)
  const downstream = ranBelow(nodes)
  const data = failures
    .slice(0, SHOWN)
    .map(({ failure, jobs }): RootCause =>
      Object.assign(failure, { downstream: downstream(failure.kind, jobs), didNotFollow: null }),
    )
  const causes = { count: failures.length, data }
  const hidden = nodes.filter((node) => node.crash !== null && !isFailure(node.status)).flatMap(hiddenCrash)
  const stale = nodes.flatMap(staleRuns)
  return {
    verdict: verdictOf({ causes, hidden: hidden.length, stale: stale.length, complete }),
    rootCauses: causes,
    hiddenCrashes: some(hidden),
    stale: some(stale),
  }
}

/** With the jobs by which it could have led to more: itself, those of the handler that crashed, or all of its invocation. */
interface Failure {
  failure: Omit<RootCause, 'downstream' | 'didNotFollow'>
  jobs: TreeJob[]
}

/** The failures without one above them, by (at, id). */
function rootFailures(nodes: readonly Node[]): Failure[] {
  /** Jobs whose effects stand below a failure. */
  const failing = new Set<string>()
  const found: Failure[] = []
  for (const node of nodes) {
    const below = node.depth > 0 && failing.has(node.sourceJobId ?? '')
    const own = ownFailures(node)
    for (const { jobs } of own) for (const { id } of jobs) failing.add(id)
    if (below) for (const { id } of node.jobs) failing.add(id)
    else found.push(...own)
  }
  return found.sort(({ failure: a }, { failure: b }) => compareInstants(a.at, b.at) || (a.id < b.id ? -1 : 1))
}

/** What failed in an invocation itself. */
function ownFailures(node: Node): Failure[] {
  const { id: invocationId, sourceFunction, crash, status, errorMessage, jobs } = node
  const own = { at: node.endedAt ?? node.createdAt, invocationId, sourceFunction, status }
  const failed = jobs.filter((job) => isFailure(job.status)).map((job) => failureOf(job, node))
  if (crash !== null) {
    const { eventId: id, eventName: name, message } = crash
    const handled = jobs.filter(({ eventExecutionId }) => eventExecutionId === id)
    return [...failed, { failure: { ...own, kind: 'handler', name, id, errorMessage: message }, jobs: handled }]
  }
  if (failed.length > 0 || !hasFailed(node)) return failed
  return [{ failure: { ...own, kind: 'invocation', name: sourceFunction, id: invocationId, errorMessage }, jobs }]
}

function failureOf(job: TreeJob, { id: invocationId, sourceFunction }: Node): Failure {
  const { id, name, status, errorMessage } = job
  const at = job.endedAt ?? job.startedAt
  return { failure: { kind: 'job', at, name, id, invocationId, sourceFunction, status, errorMessage }, jobs: [job] }
}

function hiddenCrash({ id, sourceFunction, crash, createdAt }: Node): HiddenCrash[] {
  return crash === null ? [] : [{ invocationId: id, sourceFunction, ...crash, createdAt }]
}

function staleRuns({ id, sourceFunction, stale, createdAt, jobs }: Node): StaleRun[] {
  const own = { kind: 'invocation' as const, name: sourceFunction, id, invocationId: id, startedAt: createdAt }
  const ofJobs = jobs
    .filter((job) => job.stale)
    .map((job) => ({ kind: 'job' as const, name: job.name, id: job.id, invocationId: id, startedAt: job.startedAt }))
  return stale ? [own, ...ofJobs] : ofJobs
}

function some<Item>(items: readonly Item[]): Some<Item> {
  return { count: items.length, data: items.slice(0, SHOWN) }
}
