import type { Snapshot } from '../../db/db.ts'
import { clockAt, type RowRules } from '../../domain/liveness.ts'
import type { Summary, Truncated } from '../../domain/tree/summary.ts'
import { nest, withMore, type Branch, type FlatNode } from '../../domain/tree/nest.ts'
import type { More, Node } from '../../domain/tree/node.ts'
import type { MessageView } from '../../domain/privacy/error-message.ts'
import type { TreeLimits } from '../../domain/tree/row.ts'
import type { LinkReader } from '../links/link.ts'
import { headOf, startOf, type TreeHead } from './head.ts'
import { walk, type Found } from './walk.ts'

/** All that an answer of one tree is made of, in memory. `M` says what is left out at a place. */
export interface WholeTree<M = More> {
  head: TreeHead
  nodes: Array<Node<M>>
  found: Found<M>
  /** Every row that is shown, with the transaction that wrote it last, and when. */
  state: string
}

interface Figures extends TreeHead {
  summary: Summary
  truncated: Truncated | null
}

export interface NestedTree<M = More> extends Figures {
  tree: Branch<M>
}

export interface FlatDocument<M = More> extends Figures {
  nodes: Array<FlatNode<M>>
}

/** Reads a whole tree, by the id of an invocation or a job. Undefined if there is neither. */
export async function wholeTree(
  snapshot: Snapshot,
  linkReader: LinkReader,
  id: string,
  fromRoot: boolean,
  reach: TreeLimits,
  messages: MessageView,
  rules: RowRules,
): Promise<WholeTree | undefined> {
  const top = await headOf(snapshot, linkReader, id, fromRoot, rules.linkWay)
  if (!top) return undefined
  const nodes: Node[] = []
  const state: string[] = []
  const steps = walk(snapshot, {
    ...startOf(top),
    linkWay: rules.linkWay,
    reach,
    messages,
    clock: clockAt(snapshot.asOf, rules),
    atOnce: true,
    onRow: (text) => state.push(text),
  })
  let step = await steps.next()
  for (; !step.done; step = await steps.next()) nodes.push(...step.value)
  return { head: top.head, nodes, found: step.value, state: state.join(' ') }
}

export function nested<M>({ head, nodes, found: { summary, truncated, more } }: WholeTree<M>): NestedTree<M> {
  const tree = nest(nodes, more)
  if (!tree) throw new Error(`the walk from ${head.id} did not return its start`)
  return { ...head, summary, truncated, tree }
}

/** The nodes in one list, by (depth, createdAt, id): parents before children. */
export function flatDocument<M>({ head, nodes, found: { summary, truncated, more } }: WholeTree<M>): FlatDocument<M> {
  return { ...head, summary, truncated, nodes: withMore(nodes, more) }
}
