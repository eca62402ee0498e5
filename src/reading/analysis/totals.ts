import { bucketStarts, type BucketLength } from '../../domain/analysis/buckets.ts'
import { timeZone as checkTimeZone } from '../../domain/analysis/time-zone.ts'
import { totalSeries, totalsOf, type Totals, type TotalsKind } from '../../domain/analysis/totals.ts'
import { previousStretch, type Window } from '../../domain/analysis/window.ts'
import { instant } from '../../domain/instant.ts'
import type { RowRules } from '../../domain/liveness.ts'
import { linkedCount, totalBucketRows, totalsRow } from '../../queries/analysis/totals.ts'
import { withinBounds, type Bound, type Looked, type Opening } from './bounded.ts'

export interface TotalsQuery {
  compareTo?: 'previous' | undefined
  bucket?: BucketLength | undefined
  timeZone: string
}

/** What happened in a window as a whole. */
export interface TotalsFound {
  data: { invocations: Totals; jobs: Totals; links: { count: number; previousCount?: number } }
  window: Window & { examined: number; sampled: boolean; examinedFrom: string | null }
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
  return withinBounds(db, 'invocations', window, (looked) => totalsWithin(looked, window, query, rules), bounds)
}

async function totalsWithin(
  { snapshot, stretch, sampled }: Looked,
  window: Window,
  { compareTo, bucket, timeZone }: TotalsQuery,
  { linkWay }: RowRules,
): Promise<TotalsFound> {
  const before = compareTo === undefined ? null : previousStretch(window, stretch.from)
  const starts = bucket === undefined ? null : bucketStarts(stretch, bucket, timeZone, 1)
  const totals = async (kind: TotalsKind): Promise<Totals> => {
    const now = await totalsRow(snapshot, kind, stretch)
    const all = totalsOf(now, before && (await totalsRow(snapshot, kind, before)))
    if (starts === null) return all
    return { ...all, series: totalSeries(await totalBucketRows(snapshot, kind, stretch, starts), starts, stretch) }
  }
  const invocations = await totals('function')
  const jobs = await totals('job')
  const count = await linkedCount(snapshot, stretch, linkWay)
  const links = before === null ? { count } : { count, previousCount: await linkedCount(snapshot, before, linkWay) }
  return {
    data: { invocations, jobs, links },
    window: { ...window, examined: invocations.runs + jobs.runs, sampled, examinedFrom: sampled ? stretch.from : null },
    asOf: instant(snapshot.asOf),
  }
}
