import { isStale, type Clock } from '../../domain/liveness.ts'
import type { Frontier } from '../../domain/tree/frontier.ts'
import type { MessageView } from '../../domain/privacy/error-message.ts'
import { treeJob, type Parts } from '../../domain/tree/node.ts'
import type { NodeEventsRow, NodeJobRow, NodeParts, NodeRow, TriggeredCount } from '../../domain/tree/row.ts'
import { versionLine, type NodeVersion } from '../../domain/tree/state.ts'

/** An invocation of a tree with all that was read of it. */
export interface Gathered {
  row: NodeRow
  parts: Parts
  /** The rows of its jobs. */
  jobs: readonly NodeJobRow[]
}

export interface Entering {
  edge: Frontier
  messages: MessageView
  clock: Clock
}

/** Of a batch: the invocations that the limits let in, and those of them below which nothing is read any more. */
export interface Entered {
  shown: Gathered[]
  last: Gathered[]
}

/** Puts together the rows of a batch, which come level by level, and what belongs to them. */
export function entered(rows: readonly NodeRow[], read: NodeParts, { edge, messages, clock }: Entering): Entered {
  const crashes = new Map(read.crashes.map((crash) => [crash.invocationId, crash]))
  const jobsOf = jobsByNode(read.jobs)
  const shown: Gathered[] = []
  const last: Gathered[] = []
  for (const row of rows) {
    if (!edge.enter(row)) continue
    const jobs = jobsOf.get(row.id) ?? []
    const gathered: Gathered = {
      row,
      jobs,
      parts: {
        triggeredBy: edge.triggeredBy(row),
        jobs: jobs.map((job) => treeJob(job, row, messages, clock)),
        jobsInAll: null,
        omitted: 0,
        below: 0,
        crash: crashes.get(row.id) ?? null,
      },
    }
    edge.opened(row.id, gathered.parts.jobs)
    shown.push(gathered)
    if (edge.isLast(row)) last.push(gathered)
  }
  return { shown, last }
}

function jobsByNode(rows: readonly NodeJobRow[]): Map<string, NodeJobRow[]> {
  const byNode = new Map<string, NodeJobRow[]>()
  for (const row of rows) {
    const jobs = byNode.get(row.invocationId)
    if (jobs) jobs.push(row)
    else byNode.set(row.invocationId, [row])
  }
  return byNode
}

/** The jobs of those below which nothing is read any more. */
export function jobsOfLast(last: readonly Gathered[]): Map<string, Parts> {
  return new Map(last.flatMap(({ parts }) => parts.jobs.map(({ id }) => [id, parts] as const)))
}

/** Tells what these jobs triggered, which is not read. */
export function tellOmitted(byJob: ReadonlyMap<string, Parts>, counts: readonly TriggeredCount[]): void {
  for (const { jobId, count, below } of counts) {
    const parts = byJob.get(jobId)
    if (!parts) continue
    parts.omitted += count
    parts.below = parts.below === null || below === null ? null : parts.below + below
  }
}

export function tellEvents(shown: readonly Gathered[], rows: readonly NodeEventsRow[]): void {
  const events = new Map(rows.map((row) => [row.invocationId, row]))
  for (const { row, parts } of shown) parts.events = events.get(row.id)
}

/** What of its jobs and events is stale follows from the invocation. */
export function versionOf({ row, jobs, parts }: Gathered, clock: Clock): NodeVersion {
  const { crash, events, omitted, below, jobsInAll } = parts
  const cut = omitted > 0 || jobsInAll !== null ? ` ${row.id} ${omitted} ${below} ${jobsInAll}` : ''
  return {
    id: row.id,
    state: row.state,
    jobs: jobs.map(versionLine).join(','),
    crash: crash?.version,
    stale: isStale(row, clock),
    more: events ? `${cut} ${events.state}` : cut,
  }
}
