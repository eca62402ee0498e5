import type { Queryable, Snapshot } from '../../db/db.ts'
import { instant } from '../../domain/instant.ts'
import type { Link } from '../../domain/link/rule.ts'
import type { LinkWay } from '../../domain/link/way.ts'
import { lineage, type Ancestor } from '../../domain/tree/ancestors.ts'
import { ancestorRows, type ClimbedRow } from '../../queries/tree/ancestors.ts'
import { lookUpByIndex } from '../../queries/tree/by-index.ts'
import type { LinkReader } from '../links/link.ts'
import type { Telling } from './teller.ts'

/** Levels that one request climbs. */
const CLIMB_LIMIT = 100_000

/** What stands above a tree: the answer's first part. */
export interface TreeHead {
  /** What the clock of the database said when the tree was read; no part of its state. */
  asOf: string
  id: string
  rootId: string
  /** No row names a parent of `rootId`. */
  rootReached: boolean
  /** What is known of the job that triggered `rootId`; recorded: it is on a cycle, or the climb went no further. */
  rootLink: Link
  /** The job that its payload names, where source_job_id holds none. */
  rootNamedJobId: string | null
  ancestors: Ancestor[]
  omittedAncestors: number
  /** Of a tree that shows failed branches alone: invocations that are left out. */
  pruned?: number
}

/** Where a tree begins, and whether that lies on a cycle. */
export interface Top {
  head: TreeHead
  cycle: boolean
}

/** The start of a tree, by the id of an invocation or a job. Undefined if there is neither. */
export async function headOf(
  snapshot: Snapshot,
  linkReader: LinkReader,
  id: string,
  fromRoot: boolean,
  way: LinkWay,
): Promise<Top | undefined> {
  await lookUpByIndex(snapshot)
  const climbed = await ancestorRows(snapshot, id, CLIMB_LIMIT, await linkReader.paths(snapshot), way)
  return topOf(snapshot, linkReader, climbed, fromRoot, way)
}

/** The same, from the rows of a climb. `db` is asked where they do not tell the link of the root: on a cycle. */
export async function topOf(
  db: Queryable & { asOf: string },
  linkReader: LinkReader,
  climbed: readonly ClimbedRow[],
  fromRoot: boolean,
  way: LinkWay,
): Promise<Top | undefined> {
  const own = climbed.find(({ jobId }) => jobId === null)?.id
  if (own === undefined) return undefined
  const { rootId, ancestors, omittedAncestors, cycle, rootCycle } = lineage(own, climbed)
  const facts = climbed.find((row) => row.id === rootId)?.linkFacts ?? null
  const { link: rootLink, namedJobId: rootNamedJobId } = await linkReader.linkOf(db, rootId, facts, way)
  const root = { rootId, rootReached: rootLink === 'none', rootLink, rootNamedJobId }
  const asOf = instant(db.asOf)
  return fromRoot
    ? { head: { asOf, id: rootId, ...root, ancestors: [], omittedAncestors: 0 }, cycle: rootCycle }
    : { head: { asOf, id: own, ...root, ancestors, omittedAncestors }, cycle }
}

/** What a walk below it says of its start. Of whatever is not the root its row tells the link. */
export function startOf({ head, cycle }: Top): Pick<Telling, 'cycle' | 'link'> {
  return { cycle, link: head.id === head.rootId ? head.rootLink : null }
}
