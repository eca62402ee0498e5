import { addMs, instantOf, isBefore } from '../domain/instant.ts'
import { encodeCursor, type Position } from '../domain/paging/cursor.ts'
import type { Rest } from '../domain/paging/rest.ts'
import type { More } from '../domain/tree/node.ts'
import type { InvocationSample, Samples } from '../reading/samples.ts'

// Every URL that an answer holds is written here.

/** What is left out at a place, as it is answered. */
export type MoreLink = Omit<More, 'rest'> & { href: string }

export function moreLink({ rest, ...counts }: More): MoreLink {
  return { ...counts, href: restUrl(rest) }
}

/** The request that yields what was left out. */
export function restUrl(rest: Rest): string {
  if (rest.of === 'tree') return treeUrl(rest.id)
  return rest.of === 'jobs'
    ? listUrl('/jobs', 'invocationId', rest.invocationId, rest.after)
    : listUrl('/invocations', 'sourceJobId', rest.jobId, rest.after)
}

function listUrl(path: string, filter: string, id: string, after: Position | null): string {
  const cursor = after && encodeCursor(path, { [filter]: [id], order: 'asc' }, { from: null, to: null, after })
  return `${path}?${filter}=${id}&order=asc${cursor === null ? '' : `&cursor=${cursor}`}`
}

/** The tree below an invocation or a job. */
export function treeUrl(id: string, query = ''): string {
  return `/trees/${id}${query}`
}

/** The same tree as lines of JSON. */
export function treeNodesUrl(id: string, query = ''): string {
  return `/trees/${id}/nodes${query}`
}

/** What decided when the tree ended. */
export function criticalPathUrl(id: string, query = ''): string {
  return `/trees/${id}/critical-path${query}`
}

/** What failed in the tree. */
export function treeFailuresUrl(id: string, query = ''): string {
  return `/trees/${id}/failures${query}`
}

/** How the tree differs from what is usual. */
export function comparisonUrl(id: string, query = ''): string {
  return `/trees/${id}/compare${query}`
}

/** All events of an invocation, oldest first. */
export function eventsUrl(invocationId: string): string {
  return `/events?invocationId=${invocationId}&detected=any&order=asc`
}

/** The jobs that the handler of an event ran, oldest first. */
export function jobsOfEventUrl(eventId: string): string {
  return listUrl('/jobs', 'eventExecutionId', eventId, null)
}

/** What the jobs of an invocation triggered. */
export function triggeredUrl(invocationId: string): string {
  return treeUrl(invocationId, '?maxDepth=1')
}

/** The same list, from a cursor on. `url` is that of the request. */
export function nextPageUrl(url: string, cursor: string): string {
  const next = new URL(url, 'http://here')
  next.searchParams.set('cursor', cursor)
  return next.pathname + next.search
}

/** The name of a kind of problem (RFC 9457). */
export function problemUrl(problem: string): string {
  return `/problems/${problem}`
}

/** A request for each kind of answer, to which this database has one; null where there is nothing to name. */
export function sampleUrls({ root, triggered, job, lost }: Samples) {
  const invocation = triggered ?? root
  const correlationId = invocation?.correlationId
  return {
    trees: root ? `/trees?${dayUntil(root)}` : null,
    tree: invocation ? treeUrl(invocation.id, '?from=root') : null,
    treeText: invocation ? treeUrl(invocation.id, '?from=root&format=text') : null,
    treeNodes: invocation ? treeNodesUrl(invocation.id, '?from=root') : null,
    criticalPath: invocation ? criticalPathUrl(invocation.id, '?from=root') : null,
    treeFailures: invocation ? treeFailuresUrl(invocation.id, '?from=root') : null,
    comparison: invocation ? comparisonUrl(invocation.id, '?from=root') : null,
    chains: triggered ? `/chains?${dayUntil(triggered)}` : null,
    links: lost ? `/links?${dayUntil(lost)}` : null,
    dependencies: triggered ? `/dependencies?${dayUntil(triggered)}` : null,
    invocations:
      triggered && job ? `/invocations?sourceJobId=${job.id}` : root ? `/invocations?${dayUntil(root)}` : null,
    invocation: invocation ? `/invocations/${invocation.id}` : null,
    jobs: job ? `/jobs?invocationId=${job.invocationId}` : null,
    job: job ? `/jobs/${job.id}` : null,
    events: job ? `/events?invocationId=${job.invocationId}` : null,
    event: job ? `/events/${job.eventExecutionId}` : null,
    // That nothing ran or failed is an answer too.
    totals: '/totals?window=24h',
    search: invocation ? `/search?q=${invocation.id}` : null,
    // Only payloads name records.
    record: null as string | null,
    correlation: correlationId ? `/correlations/${encodeURIComponent(correlationId)}` : null,
    names: '/names?window=24h',
    jobStats: '/jobs/stats?window=24h',
    functionStats: '/functions/stats?window=24h',
    eventStats: '/events/stats?window=24h',
    failures: '/failures?window=24h',
    missing: '/missing?window=24h',
    criticalPaths: '/critical-paths?window=24h',
    shapes: '/shapes?window=24h',
    live: '/health/live',
    ready: '/health/ready',
    openapi: '/openapi.json',
    docs: '/docs',
  }
}

const HOUR = 3_600_000
const DAY = 24 * HOUR

/** The last 24 hours, or the day up to a row that is older than half of them: the link still leads to it when it is followed later. */
function dayUntil({ createdAt: at }: InvocationSample): string {
  return isBefore(addMs(instantOf(Date.now()), -12 * HOUR), at)
    ? 'window=24h'
    : `from=${addMs(at, -DAY)}&to=${addMs(at, 1)}`
}
