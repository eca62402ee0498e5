import { failedOnly } from '../../domain/tree/failed-only.ts'
import type { WholeTree } from './whole.ts'

/** A tree without the branches in which nothing failed; its head says how many invocations are left out so, and its figures stay those of all that was read. */
export function onlyFailed<M>({ head, nodes, ...tree }: WholeTree<M>): WholeTree<M> {
  const kept = failedOnly(nodes)
  return { ...tree, head: { ...head, pruned: nodes.length - kept.length }, nodes: kept }
}
