import { compareInstants } from '../instant.ts'
import type { Node } from './node.ts'

/** Of the invocations of a function below the start of a tree, the one that ended first; of equal ends the smallest id. Undefined if none has ended. */
export function firstOfFunction(nodes: readonly Node[], name: string): Node | undefined {
  let first: (Node & { endedAt: string }) | undefined
  for (const node of nodes) {
    if (node.depth === 0 || node.sourceFunction !== name || !hasEnd(node)) continue
    const order = first ? compareInstants(node.endedAt, first.endedAt) || (node.id < first.id ? -1 : 1) : -1
    if (order < 0) first = node
  }
  return first
}

function hasEnd(node: Node): node is Node & { endedAt: string } {
  return node.endedAt !== null && !node.endedAt.endsWith('infinity')
}
