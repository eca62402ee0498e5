import { bucketStarts, type BucketLength } from '../../domain/analysis/buckets.ts'
import { timeZone as checkTimeZone } from '../../domain/analysis/time-zone.ts'
import { totalSeries, totalsOf, type Totals, type TotalsKind } from '../../domain/analysis/totals.ts'
import { previousStretch, type Window } from '../../domain/analysis/window.ts'
import { instant } from '../../domain/instant.ts'
import type { RowRules } from '../../domain/liveness.ts'
import type { UsedRollups } from '../rollups/rows.ts'
import type { Bound, Opening } from './bounded.ts'
import { figuresWithin, type LookedFigures } from './figures-within.ts'

export interface TotalsQuery {
  compareTo?: 'previous' | undefined
  bucket?: BucketLength | undefined
  timeZone: string
}

/** What happened in a window as a whole. */
export interface TotalsFound {
  data: { invocations: Totals; jobs: Totals; links: { count: number; previousCount?: number } }
  window: Window & { examined: number; sampled: boolean; examinedFrom: string | null; rollups: UsedRollups | null }
  /** What the clock of the database said when the rows were read. */
  asOf: string
}

/** All invocations, jobs and links of a window: how many, how they came out, how long they took. Throws Invalid. */
export function readTotals(
  db: Opening,
  window: Window,
  query: TotalsQuery,
  rules: RowRules,
  bounds?: readonly Bound[],
): Promise<TotalsFound> {
  // What is wrong with these is refused before anything is read.
  checkTimeZone(query.timeZone)
  if (query.bucket !== undefined) bucketStarts(window, query.bucket, query.timeZone, 1)
  if (query.compareTo !== undefined) previousStretch(window, window.from)
  return figuresWithin(db, 'invocations', window, rules, (looked) => totalsWithin(looked, window, query), bounds)
}

async function totalsWithin(
  { snapshot, stretch, sampled, source }: LookedFigures,
  window: Window,
  { compareTo, bucket, timeZone }: TotalsQuery,
): Promise<TotalsFound> {
  const before = compareTo === undefined ? null : previousStretch(window, stretch.from)
  const starts = bucket === undefined ? null : bucketStarts(stretch, bucket, timeZone, 1)
  const totals = async (kind: TotalsKind): Promise<Totals> => {
    const now = await source.totals(kind, stretch)
    const all = totalsOf(now, before && (await source.totals(kind, before)))
    if (starts === null) return all
    return { ...all, series: totalSeries(await source.totalSeries(kind, stretch, starts), starts, stretch) }
  }
  const invocations = await totals('function')
  const jobs = await totals('job')
  const count = await source.linked(stretch)
  const links = before === null ? { count } : { count, previousCount: await source.linked(before) }
  return {
    data: { invocations, jobs, links },
    window: {
      ...window,
      examined: invocations.runs + jobs.runs,
      sampled,
      examinedFrom: sampled ? stretch.from : null,
      rollups: source.used(),
    },
    asOf: instant(snapshot.asOf),
  }
}
