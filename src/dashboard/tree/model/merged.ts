import type { OutlineNode } from './step.ts'

/**
 * The nodes of a tree with those that were read later, below an invocation of it. A node that both have stays as it was, but for its jobs and what is left
 * out below them: there the later answer went further. The others come behind in the order of the answer, so that siblings keep theirs, and parents come first.
 */
export function merged(nodes: readonly OutlineNode[], later: readonly OutlineNode[]): readonly OutlineNode[] {
  if (later.length === 0) return nodes
  const further = new Map(later.map((node) => [node.id, node]))
  const known = new Set(nodes.map(({ id }) => id))
  return [
    ...nodes.map((node) => {
      const found = further.get(node.id)
      return found === undefined ? node : { ...node, jobs: found.jobs }
    }),
    ...later.filter(({ id }) => !known.has(id)),
  ]
}
