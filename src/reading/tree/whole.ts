import type { Queryable, Reader, Snapshot } from '../../db/db.ts'
import { partOf, type Fields } from '../../domain/fields.ts'
import { clockAt, type RowRules } from '../../domain/liveness.ts'
import type { Summary, Truncated } from '../../domain/tree/summary.ts'
import { nest, withMore, type Branch, type FlatNode } from '../../domain/tree/nest.ts'
import { nodeSelection, partOfTree } from '../../domain/tree/node-fields.ts'
import type { More, Node } from '../../domain/tree/node.ts'
import type { MessageView } from '../../domain/privacy/error-message.ts'
import { treeState, type NodeVersion } from '../../domain/tree/state.ts'
import type { TreeLimits } from '../../domain/tree/row.ts'
import type { LinkReader } from '../links/link.ts'
import { smallTree as smallTreeRows, type SmallTreeRows } from '../../queries/tree/small-tree.ts'
import { smallTrees } from '../../queries/tree/small-trees.ts'
import { headOf, startOf, topOf, type TreeHead } from './head.ts'
import type { Found } from './teller.ts'
import { walk, walkRows } from './walk.ts'

/** All that an answer of one tree is made of, in memory. `M` says what is left out at a place. */
export interface WholeTree<M = More> {
  head: TreeHead
  nodes: Array<Node<M>>
  found: Found<M>
  /** See treeState. */
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

/** What is asked for: a tree by the id of an invocation or a job, or from the root above it. */
export interface AskedTree {
  id: string
  fromRoot: boolean
  reach: TreeLimits
  messages: MessageView
}

/** How trees are read. */
export interface TreeReading {
  linkReader: LinkReader
  rules: RowRules
}

/** Reads a whole tree: in one statement if it is small, and else in a snapshot. Undefined if there is neither such an invocation nor such a job. */
export async function wholeTree(
  db: Pick<Reader, 'query' | 'snapshot'>,
  reading: TreeReading,
  asked: AskedTree,
): Promise<WholeTree | undefined> {
  const small = await smallTree(db, reading, asked)
  return small === 'larger' ? db.snapshot((snapshot) => largeTree(snapshot, reading, asked)) : small
}

/** The same of a small tree alone. `larger`: it is no small one, and nothing is said of it. */
export async function smallTree(
  db: Queryable,
  reading: TreeReading,
  { id, ...asked }: AskedTree,
): Promise<WholeTree | 'larger' | undefined> {
  const rows = await smallTreeRows(db, { id, ...(await inOne(db, reading, asked)) })
  return rows === 'larger' || rows === undefined ? rows : ofRows(db, reading, rows, asked)
}

/** The trees of several ids, in their order, one after the other: the small ones are read in one statement, each larger one by itself when it has its turn, so no two of those are held at once. None for an id that is neither of an invocation nor of a job. */
export async function* wholeTrees(
  db: Pick<Reader, 'query' | 'snapshot'>,
  reading: TreeReading,
  ids: readonly string[],
  asked: Omit<AskedTree, 'id'>,
): AsyncGenerator<WholeTree, void> {
  const small = await smallTrees(db, ids, await inOne(db, reading, asked))
  for (const id of ids) {
    const rows = small.get(id)
    const tree =
      rows === 'larger'
        ? await db.snapshot((snapshot) => largeTree(snapshot, reading, { id, ...asked }))
        : rows && (await ofRows(db, reading, rows, asked))
    if (tree) yield tree
  }
}

async function inOne(db: Queryable, { linkReader, rules }: TreeReading, { fromRoot, reach }: Omit<AskedTree, 'id'>) {
  return { fromRoot, reach, paths: await linkReader.paths(db), linkWay: rules.linkWay }
}

async function ofRows(
  db: Queryable,
  { linkReader, rules }: TreeReading,
  rows: SmallTreeRows,
  { fromRoot, reach, messages }: Omit<AskedTree, 'id'>,
): Promise<WholeTree | undefined> {
  const { asOf, climbed } = rows
  const top = await topOf({ ...db, asOf }, linkReader, climbed, fromRoot, rules.linkWay)
  if (!top) return undefined
  const versions: NodeVersion[] = []
  const clock = clockAt(asOf, rules)
  const told = walkRows(rows, { ...startOf(top), reach, messages, clock, onNode: (version) => versions.push(version) })
  return { head: top.head, ...told, state: treeState(versions) }
}

/** The same of a tree of any size, in a snapshot. */
export async function largeTree(
  snapshot: Snapshot,
  { linkReader, rules }: TreeReading,
  { id, fromRoot, reach, messages }: AskedTree,
): Promise<WholeTree | undefined> {
  const top = await headOf(snapshot, linkReader, id, fromRoot, rules.linkWay)
  if (!top) return undefined
  const nodes: Node[] = []
  const versions: NodeVersion[] = []
  const descent = { start: top.head.id, linkWay: rules.linkWay, atOnce: true }
  const clock = clockAt(snapshot.asOf, rules)
  const telling = { ...startOf(top), reach, messages, clock, onNode: (version: NodeVersion) => versions.push(version) }
  const steps = walk(snapshot, descent, telling)
  let step = await steps.next()
  for (; !step.done; step = await steps.next()) nodes.push(...step.value)
  return { head: top.head, nodes, found: step.value, state: treeState(versions) }
}

/** Each node below the job that triggered it, with these fields; absent: with all. */
export function nested<M>({ head, nodes, found }: WholeTree<M>, fields?: Fields): NestedTree<M> {
  const { summary, truncated, more } = found
  const tree = nest(nodes, more)
  if (!tree) throw new Error(`the walk from ${head.id} did not return its start`)
  return { ...head, summary, truncated, tree: fields ? partOfTree(tree, nodes as Array<Branch<M>>, fields) : tree }
}

/** The nodes in one list, by (depth, createdAt, id): parents before children. */
export function flatDocument<M>({ head, nodes, found }: WholeTree<M>, fields?: Fields): FlatDocument<M> {
  const { summary, truncated, more } = found
  const all = withMore(nodes, more)
  return { ...head, summary, truncated, nodes: fields ? partOf(all, nodeSelection(fields)) : all }
}
