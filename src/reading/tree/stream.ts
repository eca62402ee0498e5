import type { OpenSnapshot } from '../../db/db.ts'
import { clockAt } from '../../domain/liveness.ts'
import type { Node } from '../../domain/tree/node.ts'
import { headOf, startOf, type TreeHead } from './head.ts'
import type { Found } from './teller.ts'
import { walk } from './walk.ts'
import type { AskedTree, TreeReading } from './whole.ts'

/** A tree that is read as it is taken, and never held whole. */
export interface StreamedTree {
  head: TreeHead
  /** Batches, level by level; returns what can only be said at the end. */
  nodes: AsyncGenerator<Node[], Found>
  /** Gives the snapshot back: to be called at the end, and by whoever takes no more. May be called again. */
  close: () => Promise<void>
}

/** Opens a snapshot, and in it the tree of an invocation or a job. Undefined if there is neither; then, and if it throws, the snapshot is closed. */
export async function streamTree(
  open: () => Promise<OpenSnapshot>,
  { linkReader, rules }: TreeReading,
  { id, fromRoot, reach, messages }: AskedTree,
): Promise<StreamedTree | undefined> {
  const snapshot = await open()
  let top
  try {
    top = await headOf(snapshot, linkReader, id, fromRoot, rules.linkWay)
  } finally {
    if (!top) await snapshot.close()
  }
  if (!top) return undefined
  return {
    head: top.head,
    nodes: walk(
      snapshot,
      { start: top.head.id, linkWay: rules.linkWay, atOnce: false },
      { ...startOf(top), reach, messages, clock: clockAt(snapshot.asOf, rules) },
    ),
    close: () => snapshot.close(),
  }
}
