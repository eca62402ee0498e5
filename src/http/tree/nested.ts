import type { Snapshot } from '../../db/db.ts'
import type { Summary, Truncated } from '../../domain/summary.ts'
import { plant, type Branch } from '../../domain/tree.ts'
import type { Node, Reach } from '../../domain/tree-row.ts'
import { headOf, walk, type TreeHead } from './walk.ts'

export interface NestedTree extends TreeHead {
  summary: Summary
  truncated: Truncated | null
  tree: Branch
}

/** The whole tree in memory, nested. Throws not-found. */
export async function nestedTree(snapshot: Snapshot, id: string, fromRoot: boolean, reach: Reach): Promise<NestedTree> {
  const { head, cycle } = await headOf(snapshot, id, fromRoot)
  const steps = walk(snapshot, head.id, cycle, reach)
  const nodes: Node[] = []
  let step = await steps.next()
  for (; !step.done; step = await steps.next()) nodes.push(...step.value)
  const { summary, truncated, more } = step.value
  const tree = plant(nodes, more)
  if (!tree) throw new Error(`the walk from ${head.id} did not return its start`)
  return { ...head, summary, truncated, tree }
}
