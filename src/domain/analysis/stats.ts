import { instant } from '../instant.ts'
import { noRuns, percentilesOf, share, type Percentiles, type RunsRow } from './runs.ts'
import type { Window } from './window.ts'

/** Of what there are statistics. */
export type StatsKind = 'job' | 'function' | 'event'

/** Rows of one name that say that they run and do not, over all time, as the query reads them. */
export interface StuckRow {
  name: string
  count: number
  since: string
}

/** One bucket of one name; `bucket` counts from 1. */
export interface BucketRow {
  name: string
  bucket: number
  runs: number
  failed: number
  p95: number | null
}

/** Figures of the runs of one name in one window. */
export interface Stats {
  runs: number
  failed: number
  crashed: number
  failureRate: number | null
  durationMs: Percentiles | null
  totalMs: number | null
}

/** One bucket of a series. */
export interface Point {
  from: string
  to: string
  runs: number
  failed: number
  p95: number | null
}

/** All that is said of one name. */
export interface NameStats extends Stats {
  name: string
  /** Of events: how often it was looked for, found or not. */
  checked?: number
  neverFired: boolean
  lastAt: string | null
  stuckNow: number
  stuckSince: string | null
  previous?: Stats
  series?: Point[]
}

/** The statistics of every name that ran in the window, is stuck now, or ran in the window before. `before`: null if that is not asked for. */
export function nameStats(
  kind: StatsKind,
  now: readonly RunsRow[],
  stuck: readonly StuckRow[],
  before: readonly RunsRow[] | null,
): NameStats[] {
  const rows = new Map(now.map((row) => [row.name, row]))
  const stuckBy = new Map(stuck.map((row) => [row.name, row]))
  const beforeBy = before && new Map(before.map((row) => [row.name, row]))
  const names = new Set([...rows.keys(), ...stuckBy.keys(), ...(beforeBy?.keys() ?? [])])
  return [...names].map((name) =>
    oneName(
      kind,
      name,
      rows.get(name) ?? noRuns(name),
      stuckBy.get(name),
      beforeBy && (beforeBy.get(name) ?? noRuns(name)),
    ),
  )
}

function oneName(
  kind: StatsKind,
  name: string,
  row: RunsRow,
  stuck: StuckRow | undefined,
  before: RunsRow | null,
): NameStats {
  return {
    name,
    ...(kind === 'event' ? { checked: row.checked } : {}),
    ...statsOf(row),
    neverFired: row.runs === 0,
    lastAt: row.lastAt === null ? null : instant(row.lastAt),
    stuckNow: stuck?.count ?? 0,
    stuckSince: stuck ? instant(stuck.since) : null,
    ...(before ? { previous: statsOf(before) } : {}),
  }
}

function statsOf({ runs, failed, crashed, percentiles, totalMs }: RunsRow): Stats {
  return { runs, failed, crashed, failureRate: share(failed, runs), durationMs: percentilesOf(percentiles), totalMs }
}

/** The series of each name: a point for each bucket, of zeros where nothing ran. `starts`: see bucketStarts. */
export function seriesOf(rows: readonly BucketRow[], starts: readonly string[], { to }: Window): Map<string, Point[]> {
  const series = new Map<string, Point[]>()
  for (const { name, bucket, runs, failed, p95 } of rows) {
    const points = series.get(name) ?? emptySeries(starts, to)
    series.set(name, points)
    const point = points[bucket - 1]
    if (point) Object.assign(point, { runs, failed, p95 })
  }
  return series
}

export function emptySeries(starts: readonly string[], to: string): Point[] {
  return starts.map((from, nth) => ({ from, to: starts[nth + 1] ?? to, runs: 0, failed: 0, p95: null }))
}
