import type { Snapshot } from '../../db/db.ts'
import type { LinkWay } from '../../domain/link/way.ts'
import type { NodeRow, TreeLimits } from '../../domain/tree/row.ts'
import { eventsOfNodes, jobCounts, jobsAndCrashesOfNodes, triggeredCounts } from '../../queries/tree/parts.ts'
import { entered, jobsOfLast, tellEvents, tellOmitted, type Entering, type Gathered } from './members.ts'

export interface Gathering extends Entering {
  snapshot: Snapshot
  start: string
  linkWay: LinkWay
  reach: TreeLimits
}

/** Adds to a batch of rows what belongs to them: one statement for all their jobs and crashes, and others only where there is something to be told. */
export async function gather(rows: readonly NodeRow[], from: Gathering): Promise<Gathered[]> {
  const { snapshot, start, linkWay, reach } = from
  const parts = await jobsAndCrashesOfNodes(
    snapshot,
    rows.map(({ id }) => id),
    reach,
  )
  const { shown, last } = entered(rows, parts, from)
  const byJob = jobsOfLast(last)
  if (byJob.size > 0) tellOmitted(byJob, await triggeredCounts(snapshot, start, [...byJob.keys()], linkWay))
  await countJobs(
    snapshot,
    shown.filter(({ jobs }) => jobs.length === reach.maxJobs),
  )
  if (reach.events)
    tellEvents(
      shown,
      await eventsOfNodes(
        snapshot,
        shown.map(({ row }) => row.id),
        reach,
      ),
    )
  return shown
}

async function countJobs(snapshot: Snapshot, full: readonly Gathered[]): Promise<void> {
  if (full.length === 0) return
  const counted = await jobCounts(
    snapshot,
    full.map(({ row }) => row.id),
  )
  const counts = new Map(counted.map(({ invocationId, count }) => [invocationId, count]))
  for (const { row, parts } of full) parts.jobsInAll = counts.get(row.id) ?? null
}
