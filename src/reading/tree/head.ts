import type { Snapshot } from '../../db/db.ts'
import { instant } from '../../domain/instant.ts'
import { lineage, type Ancestor } from '../../domain/tree/ancestors.ts'
import { ancestorRows } from '../../queries/tree/ancestors.ts'

/** Levels that one request climbs. */
const CLIMB_LIMIT = 100_000

/** What stands above a tree: the answer's first part. */
export interface TreeHead {
  /** What the clock of the database said when the tree was read; no part of its state. */
  asOf: string
  id: string
  rootId: string
  /** false: above `rootId` there are more ancestors than a climb goes. */
  rootReached: boolean
  ancestors: Ancestor[]
  omittedAncestors: number
}

/** The start of a tree, by the id of an invocation or a job, and whether it lies on a cycle. Undefined if there is neither. */
export async function headOf(
  snapshot: Snapshot,
  id: string,
  fromRoot: boolean,
): Promise<{ head: TreeHead; cycle: boolean } | undefined> {
  const climbed = await ancestorRows(snapshot, id, CLIMB_LIMIT)
  const own = climbed.find(({ jobId }) => jobId === null)?.id
  if (own === undefined) return undefined
  const { rootId, ancestors, omittedAncestors, cycle, rootCycle } = lineage(own, climbed)
  const rootReached = climbed.length < CLIMB_LIMIT
  const asOf = instant(snapshot.asOf)
  if (fromRoot)
    return { head: { asOf, id: rootId, rootId, rootReached, ancestors: [], omittedAncestors: 0 }, cycle: rootCycle }
  return { head: { asOf, id: own, rootId, rootReached, ancestors, omittedAncestors }, cycle }
}
