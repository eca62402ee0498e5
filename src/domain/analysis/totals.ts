import { countsDiffer, sharesDiffer } from './noise.ts'
import { percentilesOf, share, type Percentiles } from './runs.ts'
import { emptySeries, type Point, type Stats } from './stats.ts'
import type { Window } from './window.ts'

/** What is counted as a whole. */
export type TotalsKind = 'function' | 'job'

/** All runs of a window, as the query reads them. */
export interface TotalsRow {
  runs: number
  failed: number
  crashed: number
  /** p50, p95 and p99 of the durations; nulls where no run has one. */
  percentiles: [number | null, number | null, number | null] | null
  totalMs: number | null
}

/** One bucket of them; `bucket` counts from 1. */
export interface TotalBucketRow {
  bucket: number
  runs: number
  failed: number
  p95: number | null
}

/** Figures whose difference is tested. */
export type TestedTotal = 'runs' | 'failureRate'

/** All runs of a window, with those of the window before if that was asked for. */
export interface Totals extends Stats {
  previous?: Stats
  /** The figures that differ from those before by more than noise. */
  changed?: TestedTotal[]
  series?: Point[]
}

/** `before`: null if it was not asked for. */
export function totalsOf(now: TotalsRow, before: TotalsRow | null): Totals {
  if (before === null) return statsOf(now)
  return { ...statsOf(now), previous: statsOf(before), changed: differing(now, before) }
}

/** A point for each bucket, of zeros where nothing ran. `starts`: see bucketStarts. */
export function totalSeries(rows: readonly TotalBucketRow[], starts: readonly string[], { to }: Window): Point[] {
  const points = emptySeries(starts, to)
  for (const { bucket, ...figures } of rows) Object.assign(points[bucket - 1] ?? {}, figures)
  return points
}

function statsOf({ runs, failed, crashed, percentiles, totalMs }: TotalsRow): Stats {
  return { runs, failed, crashed, failureRate: share(failed, runs), durationMs: known(percentiles), totalMs }
}

/** Without any duration Postgres answers an array of nulls. */
function known(percentiles: TotalsRow['percentiles']): Percentiles | null {
  const [p50, p95, p99] = percentiles ?? [null, null, null]
  return p50 === null || p95 === null || p99 === null ? null : percentilesOf([p50, p95, p99])
}

function differing(now: TotalsRow, before: TotalsRow): TestedTotal[] {
  const rates = sharesDiffer({ of: now.failed, n: now.runs }, { of: before.failed, n: before.runs })
  return [
    ...(countsDiffer(now.runs, before.runs) ? (['runs'] as const) : []),
    ...(rates ? (['failureRate'] as const) : []),
  ]
}
