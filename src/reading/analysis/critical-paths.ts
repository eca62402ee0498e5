import { costKey, type PathCost, type PathFigures } from '../../domain/critical-path/path-costs.ts'
import { previousStretch } from '../../domain/analysis/window.ts'
import { instant } from '../../domain/instant.ts'
import { Invalid } from '../../domain/invalid.ts'
import type { RowRules } from '../../domain/liveness.ts'
import { rankedPage, type Ranked, type RankedRequest } from '../../domain/paging/ranked.ts'
import type { ForestBound } from '../forest/read-forest.ts'
import type { Opening } from './bounded.ts'
import { examinedPage, type FiguresPage } from './figures-page.ts'
import { pathsOf, type RunsQuery } from './paths.ts'
import type { LeftOut } from './shapes.ts'

export interface PathsQuery extends RunsQuery {
  compareTo?: 'previous' | undefined
}

/** A cost, with that of the window before; null: it was on no critical path there. */
export interface ComparedCost extends PathCost {
  previous?: PathCost | null
}

type EndToEnd = Omit<PathFigures, 'costs' | 'samples'>

export interface CriticalPathsPage extends FiguresPage<ComparedCost>, EndToEnd {
  samples: PathFigures['samples']
  leftOut: PathsLeftOut
  previous?: EndToEnd
}

export interface PathsLeftOut extends LeftOut {
  /** Runs below whose start no invocation of toFunction ended. */
  unreached: number
}

/** Figures that costs are sorted by. */
export const costFigures = {
  totalMs: ({ totalMs }) => totalMs,
  share: ({ share }) => share,
  runs: ({ runs }) => runs,
  p50: ({ p50 }) => p50,
  p95: ({ p95 }) => p95,
  name: () => null,
} satisfies Record<string, (cost: PathCost) => Ranked>

/** What decided how long many runs took, end to end. Throws Invalid if one of fromFunction and toFunction is alone, or beside rootFunction or shape. */
export async function readCriticalPaths(
  db: Opening,
  asked: RankedRequest,
  query: PathsQuery,
  rules: RowRules,
  bound?: ForestBound,
): Promise<CriticalPathsPage> {
  checkQuery(query)
  const now = await pathsOf(db, asked, query, rules, bound)
  const stretch = { from: now.read.examinedFrom ?? asked.from, to: asked.to }
  const before =
    query.compareTo === undefined
      ? null
      : (await pathsOf(db, previousStretch(asked, stretch.from), query, rules, bound)).figures
  const earlier = before && new Map(before.costs.map((cost) => [costKey(cost), cost]))
  const costs = now.figures.costs.map((cost): ComparedCost =>
    earlier ? { ...cost, previous: earlier.get(costKey(cost)) ?? null } : cost,
  )
  const { data, page } = rankedPage(asked, costs, {
    value: (cost, figure) => costFigures[figure as keyof typeof costFigures](cost),
    key: costKey,
  })
  const { trees: examined, sampled, open, tooLarge } = now.read
  const rollups = now.countedAt === null ? null : { countedAt: now.countedAt }
  return {
    ...endToEnd(now.figures),
    samples: now.figures.samples,
    ...(before ? { previous: endToEnd(before) } : {}),
    data,
    leftOut: { open, tooLarge, unreached: now.unreached },
    page: examinedPage(page, { groups: costs.length, groupsCut: false, examined, sampled, stretch, rollups }),
    asOf: instant(now.read.asOf),
  }
}

function checkQuery({ rootFunction, shape, fromFunction, toFunction }: PathsQuery): void {
  if (fromFunction !== undefined && toFunction === undefined)
    throw new Invalid('fromFunction', fromFunction, 'left out, or given together with toFunction')
  if (toFunction !== undefined && fromFunction === undefined)
    throw new Invalid('toFunction', toFunction, 'left out, or given together with fromFunction')
  if (fromFunction !== undefined && (rootFunction ?? shape) !== undefined)
    throw new Invalid('fromFunction', fromFunction, 'left out where rootFunction or shape is given')
}

function endToEnd({ costs: _costs, samples: _samples, ...figures }: PathFigures): EndToEnd {
  return figures
}
