import { percentilesIn } from '../analysis/nearest-rank.ts'
import { share, type Percentiles } from '../analysis/runs.ts'
import { isBefore } from '../instant.ts'
import type { Node } from '../tree/node.ts'
import { failedAnywhere, treeDuration } from '../tree/span.ts'
import { shapeLine } from './shape-line.ts'
import { shapeOf, type Shape } from './shape.ts'

/** The trees of one shape. */
export interface ShapeFigures {
  hash: string
  /** The shape as one line; a long one is cut. */
  line: string
  rootFunction: string
  /** Of each tree. */
  invocations: number
  jobs: number
  trees: number
  /** Trees in which anything failed. */
  failed: number
  failureRate: number | null
  /** From the first start to the last end; null where no tree has a finite one. */
  durationMs: Percentiles | null
  /** The starts of the first tree and the last one. */
  firstSeen: string
  lastSeen: string
  /** The start of the last one. */
  sampleId: string
}

interface Group {
  shape: Shape
  first: Node
  last: Node
  invocations: number
  jobs: number
  trees: number
  failed: number
  durations: number[]
}

/** Groups trees by their shape, one by one, in any order. */
export function createShapes() {
  const known = new Map<string, Shape>()
  const groups = new Map<string, Group>()
  return {
    /** `nodes`: a whole tree by depth, parents first. */
    add(nodes: readonly Node[]): void {
      const shape = shapeOf(nodes, known)
      const [start] = nodes
      if (!start) return
      const group = groups.get(shape.hash) ?? createGroup(shape, start, nodes)
      groups.set(shape.hash, group)
      group.trees += 1
      if (failedAnywhere(nodes)) group.failed += 1
      const duration = treeDuration(nodes)
      if (duration !== null) group.durations.push(duration)
      if (isEarlier(start, group.first)) group.first = start
      if (isEarlier(group.last, start)) group.last = start
    },
    figures: (): ShapeFigures[] => [...groups.values()].map(figuresOf),
  }
}

function createGroup(shape: Shape, start: Node, nodes: readonly Node[]): Group {
  const jobs = nodes.reduce((sum, node) => sum + node.jobs.length, 0)
  return { shape, first: start, last: start, invocations: nodes.length, jobs, trees: 0, failed: 0, durations: [] }
}

function isEarlier(a: Node, b: Node): boolean {
  return isBefore(a.createdAt, b.createdAt) || (a.createdAt === b.createdAt && a.id < b.id)
}

function figuresOf({ shape, first, last, invocations, jobs, trees, failed, durations }: Group): ShapeFigures {
  return {
    hash: shape.hash,
    line: shapeLine(shape),
    rootFunction: shape.name,
    invocations,
    jobs,
    trees,
    failed,
    failureRate: share(failed, trees),
    durationMs: percentilesIn(durations),
    firstSeen: first.createdAt,
    lastSeen: last.createdAt,
    sampleId: last.id,
  }
}
