/** An invocation, and the one whose job triggered it. */
export interface Parentage {
  id: string
  parentId: string
}

/**
 * The root of each of these invocations: the one that nothing triggered, as far as the pairs tell. On a cycle it is the smallest id of it. Each invocation is
 * passed once (the paths are kept, as in union-find: Tarjan, JACM 22, 1975), however deep the trees are and however many share one.
 */
export function rootsOf(ids: Iterable<string>, pairs: readonly Parentage[]): Map<string, string> {
  const parents = new Map(pairs.map(({ id, parentId }) => [id, parentId]))
  const roots = new Map<string, string>()
  for (const start of ids) {
    const path: string[] = []
    const onPath = new Map<string, number>()
    let at = start
    for (;;) {
      const parent = parents.get(at)
      if (roots.has(at) || onPath.has(at) || parent === undefined) break
      onPath.set(at, path.length)
      path.push(at)
      at = parent
    }
    const cycle = onPath.get(at)
    const root = roots.get(at) ?? (cycle === undefined ? at : path.slice(cycle).reduce((a, b) => (a < b ? a : b)))
    for (const each of [...path, at]) roots.set(each, root)
  }
  return roots
}
