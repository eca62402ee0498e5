import { hasFailed, isFailure } from '../model/status.ts'
import type { Node } from './node.ts'

/** What is looked at of a node. */
type Pruned = Pick<Node, 'id' | 'parentId' | 'depth' | 'status' | 'crashed'> & {
  jobs: ReadonlyArray<{ status: string }>
}

/** Of nodes that stand in the order of their depth: the start, those that failed or of which a job failed, and all on the way from the start to them. */
export function failedOnly<N extends Pruned>(nodes: readonly N[]): N[] {
  const kept = new Set<string>()
  // From the deepest up, so that each node knows whether one below it is kept.
  for (const node of nodes.toReversed()) {
    const failed = hasFailed(node) || node.jobs.some(({ status }) => isFailure(status))
    if (node.depth !== 0 && !failed && !kept.has(node.id)) continue
    kept.add(node.id)
    if (node.parentId !== null) kept.add(node.parentId)
  }
  return nodes.filter(({ id }) => kept.has(id))
}
