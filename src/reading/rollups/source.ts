import type { Snapshot } from '../../db/db.ts'
import type { Window } from '../../domain/analysis/window.ts'
import { instant, isBefore } from '../../domain/instant.ts'
import type { LinkWay } from '../../domain/link/way.ts'
import { coverOf, type CountedHour, type Cover } from '../../domain/rollup/cover.ts'
import { edgeRowOf } from '../../domain/rollup/edges.ts'
import { runsRowOf, type RunsFigures } from '../../domain/rollup/runs.ts'
import { bucketsOf, cutAt, type Piece } from '../../domain/rollup/series.ts'
import { totalBucketsOf, totalsRowOf } from '../../domain/rollup/totals.ts'
import { MOST_GROUPS } from '../../queries/analysis/within.ts'
import { countedHours, keptFigures } from '../../queries/rollups/store.ts'
import { rowsSource, type FigureSource } from './rows.ts'
import type { Part } from './part.ts'
import { edgesPart, linksPart, namesPart, runsPart, VERSION } from './parts.ts'

/** Hours and days as they were counted, and rows for what they leave. */
export interface RollupSource extends FigureSource {
  /** The figures of a window; null: no hour of it was counted, or there is more in it than can be kept. */
  figures<F extends object>(part: Part<F>, window: Window): Promise<F[] | null>
}

/** A series that would take more statements than these is made of rows. */
const MOST_PIECES = 20

/** Makes figures of hours that were counted as far as there are any, and otherwise counts rows. */
export function rollupSource(snapshot: Snapshot, way: LinkWay): RollupSource {
  const rows = rowsSource(snapshot, way)
  const hoursOf = new Map<string, Promise<CountedHour[]>>()
  let countedAt: string | null = null

  const cover = async (window: Window, byDay = true): Promise<Cover | null> => {
    const key = `${window.from} ${window.to}`
    if (!hoursOf.has(key)) hoursOf.set(key, counted(snapshot, window, way))
    const covered = coverOf(window, (await hoursOf.get(key)) ?? [], byDay)
    return covered.countedAt === null ? null : covered
  }
  const use = ({ countedAt: at }: Cover): void => {
    if (at !== null && (countedAt === null || isBefore(at, countedAt))) countedAt = at
  }
  const figures = async <F extends object>(part: Part<F>, window: Window): Promise<F[] | null> => {
    const covered = await cover(window)
    if (covered === null) return null
    const all = (await keptFigures<F>(snapshot, part.name, covered)).flatMap((kept) => kept.figures)
    for (const stretch of covered.stretches) {
      const more = await part.count(snapshot, stretch, way)
      if (more === null) return null
      all.push(...more)
    }
    use(covered)
    return part.add(all)
  }
  /** The figures of the times that lie in one bucket each; null: buckets do not begin at full hours, or rows are quicker. */
  const pieces = async (
    part: Part<RunsFigures>,
    window: Window,
    starts: readonly string[],
  ): Promise<Piece[] | null> => {
    if (starts.slice(1).some((start) => !isFullHour(start))) return null
    const covered = await cover(window, starts.slice(1).every(isMidnight))
    const stretches = covered?.stretches.flatMap((stretch) => cutAt(starts, stretch)) ?? []
    if (covered === null || stretches.length > MOST_PIECES) return null
    const found: Piece[] = await keptFigures<RunsFigures>(snapshot, part.name, covered)
    for (const stretch of stretches) {
      const more = await part.count(snapshot, stretch, way)
      if (more === null) return null
      found.push({ beginsAt: stretch.from, figures: more })
    }
    use(covered)
    return found.map(({ beginsAt, figures: own }) => ({ beginsAt: instant(beginsAt), figures: own }))
  }
  return {
    figures,
    async runs(kind, window) {
      const found = await figures(runsPart(kind), window)
      return found === null ? rows.runs(kind, window) : mostFrequent(found.map(runsRowOf), ({ runs }) => runs)
    },
    async series(kind, window, names, starts) {
      const found = await pieces(runsPart(kind), window, starts)
      return found === null ? rows.series(kind, window, names, starts) : bucketsOf(found, names, starts)
    },
    async totals(kind, window) {
      const found = await figures(runsPart(kind), window)
      return found === null ? rows.totals(kind, window) : totalsRowOf(found)
    },
    async totalSeries(kind, window, starts) {
      const found = await pieces(runsPart(kind), window, starts)
      return found === null ? rows.totalSeries(kind, window, starts) : totalBucketsOf(found, starts)
    },
    async linked(window) {
      const found = await figures(linksPart, window)
      return found === null ? rows.linked(window) : (found[0]?.count ?? 0)
    },
    async edges(kind, window) {
      const found = await figures(edgesPart(kind), window)
      if (found === null) return rows.edges(kind, window)
      return found
        .toSorted((a, b) => b.times - a.times)
        .slice(0, MOST_GROUPS + 1)
        .map((edge) => edgeRowOf(edge, window))
    },
    async names(kind, window) {
      const found = await figures(namesPart(kind), window)
      return found === null ? rows.names(kind, window) : mostFrequent(found, ({ count }) => count)
    },
    used: () => (countedAt === null ? null : { countedAt }),
  }
}

async function counted(snapshot: Snapshot, window: Window, way: LinkWay): Promise<CountedHour[]> {
  const hours = await countedHours(snapshot, window, { version: VERSION, overlay: way === 'overlay' })
  return hours.map(({ hour, countedAt }) => ({ hour: instant(hour), countedAt: instant(countedAt) }))
}

/** As the queries of rows have them: those that are equally frequent stand in the order of their names. */
function mostFrequent<T extends { name: string }>(groups: readonly T[], times: (group: T) => number): T[] {
  return groups.toSorted((a, b) => times(b) - times(a) || (a.name < b.name ? -1 : 1)).slice(0, MOST_GROUPS + 1)
}

const isFullHour = (at: string): boolean => at.endsWith(':00:00.000000Z')
const isMidnight = (at: string): boolean => at.endsWith('T00:00:00.000000Z')
