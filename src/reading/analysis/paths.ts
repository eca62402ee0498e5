import type { Window } from '../../domain/analysis/window.ts'
import { criticalPath } from '../../domain/critical-path/critical-path.ts'
import { createPathCosts, runCosts, type PathFigures } from '../../domain/critical-path/path-costs.ts'
import { instant } from '../../domain/instant.ts'
import type { RowRules } from '../../domain/liveness.ts'
import { shapeOf, type Shape } from '../../domain/shapes/shape.ts'
import { firstOfFunction } from '../../domain/tree/first-of-function.ts'
import type { Node } from '../../domain/tree/node.ts'
import { keptCounts, pathRows } from '../../queries/summaries/figures.ts'
import { readForest, type ForestBound, type ForestRead } from '../forest/read-forest.ts'
import { ofSummaries } from '../summaries/of-summaries.ts'
import type { Opening } from './bounded.ts'

/** Which runs: whole trees, by the function of their root or by their shape; or from each start of one function to the first end of another one below it. */
export interface RunsQuery {
  rootFunction?: string[] | undefined
  shape?: string | undefined
  fromFunction?: string | undefined
  toFunction?: string | undefined
}

/** The critical paths of a window, and of what they were made. */
export interface FoundPaths {
  figures: PathFigures
  read: ForestRead
  unreached: number
  /** When the trees were summed up, or null: they were read. */
  countedAt: string | null
}

export async function pathsOf(
  db: Opening,
  window: Window,
  query: RunsQuery,
  rules: RowRules,
  bound: ForestBound | undefined,
): Promise<FoundPaths> {
  const kept = query.fromFunction === undefined ? await pathsOfSummaries(db, window, query, rules) : null
  return kept ?? pathsOfTrees(db, window, query, rules, bound)
}

/** Of so many trees that were summed up, the newest ones, paths are added up: that takes 0.1 s. */
const MOST_PATHS = 20_000

function pathsOfSummaries(
  db: Opening,
  window: Window,
  { rootFunction, shape }: RunsQuery,
  rules: RowRules,
): Promise<FoundPaths | null> {
  return ofSummaries(db, window, rules, async (snapshot, countedAt) => {
    const rows = await pathRows(snapshot, { window, rootFunction }, shape, MOST_PATHS + 1)
    const sampled = rows.length > MOST_PATHS
    const last = rows.slice(0, MOST_PATHS).at(-1)
    const examinedFrom = sampled && last ? instant(last.at) : null
    const stretch = { from: examinedFrom ?? window.from, to: window.to }
    const { over, open, tooLarge } = await keptCounts(snapshot, { window: stretch, rootFunction })
    const costs = createPathCosts()
    for (const { id, path } of rows.slice(0, MOST_PATHS)) costs.add(id, path)
    const read = { trees: over, open, tooLarge, sampled, examinedFrom, asOf: snapshot.asOf }
    return { figures: costs.figures(), read, unreached: 0, countedAt }
  })
}

async function pathsOfTrees(
  db: Opening,
  { from, to }: Window,
  { rootFunction, shape, fromFunction, toFunction }: RunsQuery,
  rules: RowRules,
  bound: ForestBound | undefined,
): Promise<FoundPaths> {
  const costs = createPathCosts()
  const shapes = new Map<string, Shape>()
  let unreached = 0
  const add = (nodes: readonly Node[], asOf: string): void => {
    const [start] = nodes
    if (!start || (shape !== undefined && shapeOf(nodes, shapes).hash !== shape)) return
    const target = toFunction === undefined ? undefined : firstOfFunction(nodes, toFunction)
    if (toFunction !== undefined && target === undefined) unreached += 1
    else {
      const run = runCosts(criticalPath(nodes, asOf, target?.id))
      if (run) costs.add(start.id, run)
    }
  }
  const starts =
    fromFunction === undefined
      ? { window: { from, to }, functions: rootFunction ?? null, roots: true }
      : { window: { from, to }, functions: [fromFunction], roots: false }
  const read = await readForest(db, starts, rules, add, bound)
  return { figures: costs.figures(), read, unreached, countedAt: null }
}
