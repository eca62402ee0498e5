import { share } from '../../domain/analysis/runs.ts'
import { instant } from '../../domain/instant.ts'
import type { RowRules } from '../../domain/liveness.ts'
import { rankedPage, type Ranked, type RankedRequest } from '../../domain/paging/ranked.ts'
import { createShapes, type ShapeFigures } from '../../domain/shapes/shapes.ts'
import { keptCounts, shapeRows, type ShapeRow } from '../../queries/summaries/figures.ts'
import { readForest, type ForestBound, type ForestRead } from '../forest/read-forest.ts'
import { ofSummaries } from '../summaries/of-summaries.ts'
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

/** The shapes of a window, and of what they were made. */
interface Found {
  figures: ShapeFigures[]
  read: ForestRead
  /** When the trees were summed up, or null: they were read. */
  countedAt: string | null
}

/** The trees of a window by their shape. */
export async function readShapes(
  db: Opening,
  asked: RankedRequest,
  query: ShapesQuery,
  rules: RowRules,
  bound?: ForestBound,
): Promise<ShapesPage> {
  const { figures, read, countedAt } =
    (await shapesOfSummaries(db, asked, query, rules)) ?? (await shapesOfTrees(db, asked, query, rules, bound))
  const { data, page } = rankedPage(asked, figures, {
    value: (shape, figure) => shapeFigures[figure as keyof typeof shapeFigures](shape),
    key: ({ rootFunction: name, hash }) => JSON.stringify([name, hash]),
  })
  const { trees: examined, open, tooLarge, sampled, examinedFrom } = read
  const stretch = { from: examinedFrom ?? asked.from, to: asked.to }
  const rollups = countedAt === null ? null : { countedAt }
  return {
    data,
    leftOut: { open, tooLarge },
    page: examinedPage(page, { groups: figures.length, groupsCut: false, examined, sampled, stretch, rollups }),
    asOf: instant(read.asOf),
  }
}

async function shapesOfTrees(
  db: Opening,
  asked: RankedRequest,
  { rootFunction }: ShapesQuery,
  rules: RowRules,
  bound: ForestBound | undefined,
): Promise<Found> {
  const shapes = createShapes()
  const starts = { window: asked, functions: rootFunction ?? null, roots: true }
  const read = await readForest(db, starts, rules, (nodes) => shapes.add(nodes), bound)
  return { figures: shapes.figures(), read, countedAt: null }
}

function shapesOfSummaries(
  db: Opening,
  window: RankedRequest,
  { rootFunction }: ShapesQuery,
  rules: RowRules,
): Promise<Found | null> {
  return ofSummaries(db, window, rules, async (snapshot, countedAt) => {
    const { over, open, tooLarge } = await keptCounts(snapshot, { window, rootFunction })
    const rows = await shapeRows(snapshot, { window, rootFunction })
    const read = { trees: over, open, tooLarge, sampled: false, examinedFrom: null, asOf: snapshot.asOf }
    return { figures: rows.map(shapeOfRow), read, countedAt }
  })
}

function shapeOfRow({ durations, line, firstSeen, lastSeen, ...row }: ShapeRow): ShapeFigures {
  const [p50 = 0, p95 = 0, p99 = 0] = durations ?? []
  return {
    ...row,
    line: line ?? row.rootFunction,
    failureRate: share(row.failed, row.trees),
    durationMs: durations === null ? null : { p50, p95, p99 },
    firstSeen: instant(firstSeen),
    lastSeen: instant(lastSeen),
  }
}
