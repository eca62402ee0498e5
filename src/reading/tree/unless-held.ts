import type { Queryable, Reader } from '../../db/db.ts'
import { clockAt, isStale } from '../../domain/liveness.ts'
import { stateOf } from '../../domain/tree/state.ts'
import { lookUpByIndex } from '../../queries/tree/by-index.ts'
import { treeDigest } from '../../queries/tree/rows-digest.ts'
import { topOf } from './head.ts'
import { largeTree, type AskedTree, type TreeReading, type WholeTree } from './whole.ts'

/** What an ETag is made of, of a tree that is not cut. */
export type KnownTree = Pick<WholeTree, 'head' | 'state'>

/**
 * A whole tree that is no small one, for a caller who may hold the answer already: `held` if it does. Whether it does is asked before the rows are read: the database makes the
 * state of the tree along the walk. If it does not, the state of the tree is that of the rows that it is made of.
 */
export function largeUnlessHeld(
  db: Pick<Reader, 'snapshot'>,
  reading: TreeReading,
  asked: AskedTree,
  isHeld: ((known: KnownTree) => boolean) | undefined,
): Promise<WholeTree | 'held' | undefined> {
  return db.snapshot(async (snapshot) => {
    await lookUpByIndex(snapshot)
    const known = isHeld && !asked.reach.events && (await knownTree(snapshot, reading, asked))
    return known && isHeld(known) ? 'held' : largeTree(snapshot, reading, asked)
  })
}

/** What an ETag is made of, without the rows. Undefined if nothing can be told so: there is no such tree, or a limit was reached. */
export async function knownTree(
  db: Queryable,
  { linkReader, rules }: TreeReading,
  { id, fromRoot, reach }: AskedTree,
): Promise<KnownTree | undefined> {
  const paths = await linkReader.paths(db)
  const digested = await treeDigest(db, { id, fromRoot, reach, paths, linkWay: rules.linkWay })
  if (!digested) return undefined
  const { asOf, climbed, digest, underWay } = digested
  const top = await topOf({ ...db, asOf }, linkReader, climbed, fromRoot, rules.linkWay)
  if (!top) return undefined
  const clock = clockAt(asOf, rules)
  return {
    head: top.head,
    state: stateOf(
      digest,
      underWay.filter((row) => isStale(row, clock)),
    ),
  }
}
