import type { Queryable } from '../../db/db.ts'
import type { LinkWay } from '../../domain/link/way.ts'
import type { Clock } from '../../domain/liveness.ts'
import { MOST_WHOLE } from '../../domain/tree/most-whole.ts'
import { node, treeJob, type Node, type TreeJob } from '../../domain/tree/node.ts'
import type { NodeRow } from '../../domain/tree/row.ts'
import { forestRows } from '../../queries/tree/forest.ts'
import { jobsAndCrashesOfNodes } from '../../queries/tree/parts.ts'

const REACH = { maxDepth: 0, maxNodes: 0, maxJobs: 1000, events: false }

/** Invocations of one statement. What is beyond is read in halves. */
const MOST_ROWS = 2 * MOST_WHOLE

/** The whole trees below these invocations, without those that have more than MOST_WHOLE invocations, or one with 1,000 jobs. Messages are cut to their first line. */
export async function readTreesBelow(
  db: Queryable,
  starts: readonly string[],
  clock: Clock,
  way: LinkWay,
): Promise<Node[][]> {
  if (starts.length === 0) return []
  const most = starts.length === 1 ? MOST_WHOLE + 1 : MOST_ROWS + 1
  const rows = await forestRows(db, starts, most, way)
  if (rows.length === most) {
    if (starts.length === 1) return []
    const half = Math.ceil(starts.length / 2)
    const first = await readTreesBelow(db, starts.slice(0, half), clock, way)
    return [...first, ...(await readTreesBelow(db, starts.slice(half), clock, way))]
  }
  const byStart = new Map<string, NodeRow[]>(starts.map((id) => [id, []]))
  for (const { start, row } of rows) byStart.get(start)?.push(row)
  const trees = [...byStart.values()].filter((own) => own.length > 0 && own.length <= MOST_WHOLE)
  const parts = await partsOf(
    db,
    rows.map(({ row }) => row),
    clock,
  )
  return trees.map((own) => own.map(parts)).filter((nodes) => nodes.every(({ jobs }) => jobs.length < REACH.maxJobs))
}

/** Makes a node of a row, with its jobs and its crash. */
async function partsOf(db: Queryable, rows: readonly NodeRow[], clock: Clock): Promise<(row: NodeRow) => Node> {
  const of = new Map(rows.map((row) => [row.id, row]))
  const read = await jobsAndCrashesOfNodes(db, [...of.keys()], REACH)
  const crashes = new Map(read.crashes.map((crash) => [crash.invocationId, crash]))
  const jobs = new Map<string, TreeJob[]>()
  for (const row of read.jobs) {
    const life = of.get(row.invocationId)
    if (!life) continue
    const made = treeJob(row, life, 'first-line', clock)
    const others = jobs.get(row.invocationId)
    if (others) others.push(made)
    else jobs.set(row.invocationId, [made])
  }
  return (row) =>
    node(
      row,
      {
        triggeredBy: null,
        jobs: jobs.get(row.id) ?? [],
        jobsInAll: null,
        omitted: 0,
        below: 0,
        crash: crashes.get(row.id) ?? null,
      },
      'first-line',
      clock,
    )
}
