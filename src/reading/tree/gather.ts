import { isStale, type Clock } from '../../domain/liveness.ts'
import type { Frontier } from '../../domain/tree/frontier.ts'
import type { MessageView } from '../../domain/privacy/error-message.ts'
import { treeJob, type Parts } from '../../domain/tree/node.ts'
import type { NodeEventsRow, NodeJobRow, NodeRow, TreeLimits } from '../../domain/tree/row.ts'
import { versionLine, type NodeVersion } from '../../domain/tree/state.ts'
import type { RowSource } from './row-source.ts'

/** An invocation of a tree with all that was read of it. */
export interface Gathered {
  row: NodeRow
  parts: Parts
}

export interface Gathering {
  source: RowSource
  reach: TreeLimits
  edge: Frontier
  messages: MessageView
  clock: Clock
  /** Told of every invocation that is shown. */
  onNode: ((version: NodeVersion) => void) | undefined
}

/** Adds to a batch of rows what belongs to them: one statement for all their jobs and crashes, and others only where there is something to be told. */
export async function gather(
  rows: readonly NodeRow[],
  { source, reach, edge, messages, clock, onNode }: Gathering,
): Promise<Gathered[]> {
  const read = await source.parts(rows.map(({ id }) => id))
  const crashes = new Map(read.crashes.map((crash) => [crash.invocationId, crash]))
  const jobs = jobsByNode(read.jobs)
  const shown: Gathered[] = []
  const last: Gathered[] = []
  for (const row of rows) {
    if (!edge.enter(row)) continue
    const gathered: Gathered = {
      row,
      parts: {
        triggeredBy: edge.triggeredBy(row),
        jobs: (jobs.get(row.id) ?? []).map((job) => treeJob(job, row, messages, clock)),
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
  await countOmitted(source, last)
  await countJobs(
    source,
    shown.filter(({ parts }) => parts.jobs.length === reach.maxJobs),
  )
  if (reach.events) await addEvents(source, shown)
  if (onNode) for (const each of shown) onNode(versionOf(each, jobs.get(each.row.id) ?? [], clock))
  return shown
}

/** What of its jobs and events is stale follows from the invocation. */
function versionOf({ row, parts }: Gathered, jobs: readonly NodeJobRow[], clock: Clock): NodeVersion {
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

function jobsByNode(rows: readonly NodeJobRow[]): Map<string, NodeJobRow[]> {
  const byNode = new Map<string, NodeJobRow[]>()
  for (const row of rows) {
    const jobs = byNode.get(row.invocationId)
    if (jobs) jobs.push(row)
    else byNode.set(row.invocationId, [row])
  }
  return byNode
}

/** What the jobs of the last level triggered, which is not read any more. */
async function countOmitted(source: RowSource, last: readonly Gathered[]): Promise<void> {
  const byJob = new Map(last.flatMap(({ parts }) => parts.jobs.map(({ id }) => [id, parts] as const)))
  if (byJob.size === 0) return
  for (const { jobId, count, below } of await source.triggered([...byJob.keys()])) {
    const parts = byJob.get(jobId)
    if (!parts) continue
    parts.omitted += count
    parts.below = parts.below === null || below === null ? null : parts.below + below
  }
}

async function countJobs(source: RowSource, full: readonly Gathered[]): Promise<void> {
  if (full.length === 0) return
  const counts = new Map(
    (await source.jobCounts(full.map(({ row }) => row.id))).map(({ invocationId, count }) => [invocationId, count]),
  )
  for (const { row, parts } of full) parts.jobsInAll = counts.get(row.id) ?? null
}

async function addEvents(source: RowSource, shown: readonly Gathered[]): Promise<void> {
  const events = new Map<string, NodeEventsRow>(
    (await source.events(shown.map(({ row }) => row.id))).map((row) => [row.invocationId, row]),
  )
  for (const { row, parts } of shown) parts.events = events.get(row.id)
}
