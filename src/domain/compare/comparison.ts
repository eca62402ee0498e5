import type { Node } from '../tree/node.ts'
import { isOpen } from '../tree/span.ts'
import { shapeLine } from '../shapes/shape-line.ts'
import { shapeOf, type Shape } from '../shapes/shape.ts'
import { differences, type Difference } from './differences.ts'
import { createHistory, LEAST } from './history.ts'
import { createPositions } from './positions.ts'
import { comparisonVerdict } from './verdict.ts'

/** A shape by its hash, and as a line. */
export interface NamedShape {
  hash: string
  line: string
}

/** What is usual, of the finished trees of the same function that began before. */
export interface Baseline {
  trees: number
  /** The shape that most of them have, and how many do. */
  shape: NamedShape
  ofShape: number
}

export interface Comparison {
  verdict: string
  shape: NamedShape
  /** That of the other tree, or the usual one of the baseline; null: there is neither. */
  otherShape: NamedShape | null
  sameShape: boolean | null
  /** An invocation in the tree runs or is stale. */
  open: boolean
  /** Null: fewer than LEAST trees. */
  baseline: Baseline | null
  differences: { count: number; data: Difference[] }
}

/** Differences that are shown. */
export const SHOWN = 100

/** Trees with which one is compared, as they are read. */
export function createComparison(own: readonly Node[]) {
  const place = createPositions()
  const placed = place(own)
  const seen = createHistory()
  const shapes = new Map<string, Shape>()
  const counts = new Map<Shape, number>()
  let trees = 0
  return {
    /** A finished tree of the same function from before. */
    before(nodes: readonly Node[]): void {
      trees += 1
      seen.add(place(nodes))
      const shape = shapeOf(nodes, shapes)
      counts.set(shape, (counts.get(shape) ?? 0) + 1)
    },
    /** `other`: the tree that it is compared with; null: with what is usual. `complete`: both were read whole. */
    found(other: readonly Node[] | null, complete: boolean): Comparison {
      const shape = shapeOf(own, shapes)
      const usual = trees < LEAST ? null : seen.history
      const baseline = usual && baselineOf(trees, counts)
      const all = differences(placed, { other: other && place(other), history: usual })
      const otherShape = other ? named(shapeOf(other, shapes)) : (baseline?.shape ?? null)
      const open = isOpen(own)
      const note = usual
        ? undefined
        : `there is no baseline: ${trees} finished trees that begin with the same function came in the 7 days before, and ${LEAST} are needed`
      return {
        verdict: comparisonVerdict({ differences: all, open, complete, note, compared: other !== null }),
        shape: named(shape),
        otherShape,
        sameShape: otherShape && otherShape.hash === shape.hash,
        open,
        baseline,
        differences: { count: all.length, data: all.slice(0, SHOWN) },
      }
    },
  }
}

function named(shape: Shape): NamedShape {
  return { hash: shape.hash, line: shapeLine(shape) }
}

/** Of shapes that as many trees have, the one with the smallest hash is told. */
function baselineOf(trees: number, counts: ReadonlyMap<Shape, number>): Baseline | null {
  const [most] = [...counts].sort(([a, n], [b, m]) => m - n || (a.hash < b.hash ? -1 : 1))
  return most ? { trees, shape: named(most[0]), ofShape: most[1] } : null
}
