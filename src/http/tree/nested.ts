import type { Snapshot } from '../../db/db.ts'
import type { Summary, Truncated } from '../../domain/summary.ts'
import { plant, type Branch } from '../../domain/tree.ts'
import { shownBy, type Node, type Reach, type Shown } from '../../domain/tree-row.ts'
import { treeRows } from '../../queries/tree.ts'
import { headOf, walk, type Found, type TreeHead } from './walk.ts'

/** All that an answer of one tree is made of, in memory. */
export interface WholeTree {
  head: TreeHead
  nodes: Node[]
  found: Found
  /** Every row that is shown. */
  shown: Shown[]
}

export interface NestedTree extends TreeHead {
  summary: Summary
  truncated: Truncated | null
  tree: Branch
}

/** Reads a whole tree. Throws not-found. */
export async function wholeTree(snapshot: Snapshot, id: string, fromRoot: boolean, reach: Reach): Promise<WholeTree> {
  const { head, cycle } = await headOf(snapshot, id, fromRoot)
  const nodes: Node[] = []
  const shown: Shown[] = []
  const steps = walk(snapshot, { start: head.id, cycle, reach, rows: treeRows(snapshot, head.id, reach), onRow: (row) => shown.push(...shownBy(row)) })
  let step = await steps.next()
  for (; !step.done; step = await steps.next()) nodes.push(...step.value)
  return { head, nodes, found: step.value, shown }
}

export function nested({ head, nodes, found: { summary, truncated, more } }: WholeTree): NestedTree {
  const tree = plant(nodes, more)
  if (!tree) throw new Error(`the walk from ${head.id} did not return its start`)
  return { ...head, summary, truncated, tree }
}
