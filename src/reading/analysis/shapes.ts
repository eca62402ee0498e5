import { instant } from '../../domain/instant.ts'
import type { RowRules } from '../../domain/liveness.ts'
import { rankedPage, type Ranked, type RankedRequest } from '../../domain/paging/ranked.ts'
import { createShapes, type ShapeFigures } from '../../domain/shapes/shapes.ts'
import { readForest, type ForestBound } from '../forest/read-forest.ts'
import type { Opening } from './bounded.ts'
import { examinedPage, type FiguresPage } from './figures-page.ts'

export interface ShapesQuery {
  /** Only trees that begin with one of these functions. */
  rootFunction?: string[] | undefined
}

/** Trees of the window that no shape counts: something in them runs or is stale, or they are too large. */
export interface LeftOut {
  open: number
  tooLarge: number
}

export interface ShapesPage extends FiguresPage<ShapeFigures> {
  leftOut: LeftOut
}

/** Figures that shapes are sorted by. */
export const shapeFigures = {
  trees: ({ trees }) => trees,
  failed: ({ failed }) => failed,
  failureRate: ({ failureRate }) => failureRate,
  p50: ({ durationMs }) => durationMs && durationMs.p50,
  p95: ({ durationMs }) => durationMs && durationMs.p95,
  p99: ({ durationMs }) => durationMs && durationMs.p99,
  invocations: ({ invocations }) => invocations,
  lastSeen: ({ lastSeen }) => lastSeen,
  name: () => null,
} satisfies Record<string, (shape: ShapeFigures) => Ranked>

/** The trees of a window by their shape. */
export async function readShapes(
  db: Opening,
  asked: RankedRequest,
  { rootFunction }: ShapesQuery,
  rules: RowRules,
  bound?: ForestBound,
): Promise<ShapesPage> {
  const shapes = createShapes()
  const starts = { window: asked, functions: rootFunction ?? null, roots: true }
  const read = await readForest(db, starts, rules, (nodes) => shapes.add(nodes), bound)
  const figures = shapes.figures()
  const { data, page } = rankedPage(asked, figures, {
    value: (shape, figure) => shapeFigures[figure as keyof typeof shapeFigures](shape),
    key: ({ rootFunction: name, hash }) => JSON.stringify([name, hash]),
  })
  const { trees: examined, open, tooLarge, sampled, examinedFrom } = read
  const stretch = { from: examinedFrom ?? asked.from, to: asked.to }
  return {
    data,
    leftOut: { open, tooLarge },
    page: examinedPage(page, { groups: figures.length, groupsCut: false, examined, sampled, stretch }),
    asOf: instant(read.asOf),
  }
}
