import type { OpenSnapshot } from '../../db/db.ts'
import { clockAt, type RowRules } from '../../domain/liveness.ts'
import type { Node } from '../../domain/tree/node.ts'
import type { MessageView } from '../../domain/privacy/error-message.ts'
import type { TreeLimits } from '../../domain/tree/row.ts'
import type { LinkReader } from '../links/link.ts'
import { headOf, startOf, type TreeHead } from './head.ts'
import { walk, type Found } from './walk.ts'

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
  linkReader: LinkReader,
  id: string,
  fromRoot: boolean,
  reach: TreeLimits,
  messages: MessageView,
  rules: RowRules,
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
    nodes: walk(snapshot, {
      ...startOf(top),
      linkWay: rules.linkWay,
      reach,
      messages,
      clock: clockAt(snapshot.asOf, rules),
      atOnce: false,
    }),
    close: () => snapshot.close(),
  }
}
