import type { Snapshot } from '../../db/db.ts'
import { lineage, type Ancestor } from '../../domain/ancestors.ts'
import { frontier, moreByJob } from '../../domain/frontier.ts'
import { survey, type Summary, type Truncated } from '../../domain/summary.ts'
import { node, type More, type Node, type Reach, type TreeRow } from '../../domain/tree-row.ts'
import { Problem } from '../../errors.ts'
import { climbRows, invocationIdOf } from '../../queries/climb.ts'
import { triggeredCounts } from '../../queries/tree.ts'

/** Levels that one request climbs. */
const CLIMB_LIMIT = 100_000

/** What stands above a tree: the answer's first part. */
export interface TreeHead {
  id: string
  rootId: string
  /** false: above `rootId` there are more ancestors than a climb goes. */
  rootReached: boolean
  ancestors: Ancestor[]
  omittedAncestors: number
}

/** The start of a tree, by the id of an invocation or a job, and whether it lies on a cycle. Throws not-found. */
export async function headOf(snapshot: Snapshot, id: string, fromRoot: boolean): Promise<{ head: TreeHead; cycle: boolean }> {
  const own = await invocationIdOf(snapshot, id)
  if (own === undefined) throw new Problem('not-found', `No invocation or job ${id}`)
  const climbed = await climbRows(snapshot, own, CLIMB_LIMIT)
  const { rootId, ancestors, omittedAncestors, cycle, rootCycle } = lineage(own, climbed)
  const rootReached = climbed.length < CLIMB_LIMIT
  if (fromRoot) return { head: { id: rootId, rootId, rootReached, ancestors: [], omittedAncestors: 0 }, cycle: rootCycle }
  return { head: { id: own, rootId, rootReached, ancestors, omittedAncestors }, cycle }
}

/** What a walk found out on its way, known when all its nodes have passed. */
export interface Found {
  summary: Summary
  truncated: Truncated | null
  /** By job: what the cut left out of what it triggered. */
  more: Map<string, More>
}

export interface Walk {
  start: string
  /** The start lies on a cycle. */
  cycle: boolean
  reach: Reach
  /** Of treeRows or treeBatches. */
  rows: AsyncIterable<TreeRow[]>
  onRow?: (row: TreeRow) => void
}

/** The nodes below a start in batches, level by level; returns what can only be said at the end. */
export async function* walk(snapshot: Snapshot, { start, cycle, reach, rows: read, onRow }: Walk): AsyncGenerator<Node[], Found> {
  const seen = survey(reach)
  const edge = frontier()
  for await (const rows of read) {
    yield rows.map((row) => {
      const shown = node(row)
      if (cycle && row.depth === 0) shown.cycle = true
      seen.add(row, shown)
      onRow?.(row)
      edge.add(shown)
      return shown
    })
  }
  const truncated = seen.truncated()
  const above = truncated?.reason === 'max-nodes' ? edge.above() : new Map()
  const counts = above.size > 0 ? await triggeredCounts(snapshot, start, [...above.keys()]) : []
  return { summary: seen.summary(), truncated, more: moreByJob(above, counts) }
}
