import { criticalPath } from '../critical-path/critical-path.ts'
import { runCosts, type RunCosts } from '../critical-path/path-costs.ts'
import { shapeLine } from '../shapes/shape-line.ts'
import { shapeOf } from '../shapes/shape.ts'
import type { Node } from '../tree/node.ts'
import { summarize } from '../tree/summary.ts'
import { statusOf, type TreeSummary } from '../tree/tree-summary.ts'

/** A tree as it is kept: what GET /trees tells of it beside its root, and what is asked of many trees at once. Instants; times in ms. */
export interface SummedTree extends Omit<TreeSummary, 'root' | 'running'> {
  rootId: string
  createdAt: string
  rootFunction: string
  /** Of its invocations, each once, sorted. */
  functions: string[]
  /** Invocations that crashed. Null, as shape and path are: the tree is too large. */
  crashes: number | null
  /** Its structure, by a hash and as a line. */
  shape: { hash: string; line: string } | null
  /** What its critical path is made of; null also while it is not over. */
  path: RunCosts | null
}

/** Whole trees have no limits. */
const ALL = { maxDepth: Infinity, maxNodes: Infinity, maxJobs: Infinity, events: false }

/** Sums up a whole tree. `nodes`: by depth, parents first; there is at least one. */
export function summedTree(nodes: readonly Node[], asOf: string): SummedTree {
  const [root] = nodes
  if (!root) throw new Error('a tree has one node at least')
  const sum = summarize(ALL)
  for (const node of nodes) sum.add(node, { jobsInAll: null, omitted: 0 })
  const { maxDepth: _depth, running, ...figures } = sum.summary()
  const shape = shapeOf(nodes)
  return {
    ...figures,
    rootId: root.id,
    createdAt: root.createdAt,
    rootFunction: root.sourceFunction,
    status: statusOf(figures.failedInvocations + figures.failedJobs, running, figures.stale),
    functions: distinct(nodes.map(({ sourceFunction }) => sourceFunction)),
    crashes: nodes.filter(({ crashed }) => crashed).length,
    shape: { hash: shape.hash, line: shapeLine(shape) },
    path: figures.endedAt === null ? null : runCosts(criticalPath(nodes, asOf)),
  }
}

/** The same of a tree that is too large to be held whole, from its figures in the list of trees. */
export function summedLargeTree(
  { root, running: _running, ...figures }: TreeSummary,
  functions: readonly string[],
): SummedTree {
  return {
    ...figures,
    rootId: root.id,
    createdAt: root.createdAt,
    rootFunction: root.sourceFunction,
    functions: distinct(functions),
    crashes: null,
    shape: null,
    path: null,
  }
}

function distinct(names: readonly string[]): string[] {
  return [...new Set(names)].sort()
}
