import assert from 'node:assert/strict'

/** What a client gets of a tree, as far as the tests look at it. */
export interface NestedTree extends Head {
  tree: TreeNode
  summary: Summary
  truncated: { reason: string; limit: number } | null
}

export interface Head {
  asOf: string
  id: string
  rootId: string
  rootReached: boolean
  rootLink: string
  rootNamedJobId: string | null
  ancestors: unknown[]
  omittedAncestors: number
}

export interface Summary extends Record<string, unknown> {
  complete: boolean
  invocations: number
}

export interface More {
  invocations?: number
  below?: number
  jobs?: number
  href: string
}

export interface TreeNode extends Record<string, unknown> {
  id: string
  createdAt: string
  depth: number
  jobs: TreeJob[]
  more?: More
}

interface TreeJob extends Record<string, unknown> {
  id: string
  triggered?: TreeNode[]
  more?: More
}

/** A nested tree as the ndjson form has it: nodes by (depth, createdAt, id), jobs without what they triggered. Each must name the one that it hangs below. */
export function flat(root: TreeNode): TreeNode[] {
  const nodes: TreeNode[] = []
  const open: Array<{ node: TreeNode; parentId: string | null }> = [{ node: root, parentId: null }]
  for (let next = open.pop(); next; next = open.pop()) {
    const { node, parentId } = next
    const jobs = node.jobs.map(({ triggered = [], ...job }) => {
      open.push(...triggered.map((child) => ({ node: child, parentId: node.id })))
      return job
    })
    assert.equal(node['parentId'], parentId)
    nodes.push({ ...node, jobs })
  }
  return nodes.sort(
    (a, b) => a.depth - b.depth || (a.createdAt < b.createdAt || (a.createdAt === b.createdAt && a.id < b.id) ? -1 : 1),
  )
}

/** What a nested tree says it left out, at its nodes and at its jobs. */
export function moreOf(root: TreeNode): More[] {
  const found: More[] = []
  const open = [root]
  for (let node = open.pop(); node; node = open.pop()) {
    if (node.more) found.push(node.more)
    for (const { more, triggered = [] } of node.jobs) {
      if (more) found.push(more)
      open.push(...triggered)
    }
  }
  return found
}
