import { bucketStarts, type BucketLength } from '../../domain/analysis/buckets.ts'
import type { RunsRow } from '../../domain/analysis/runs.ts'
import { emptySeries, nameStats, seriesOf, type NameStats, type StatsKind } from '../../domain/analysis/stats.ts'
import { previousStretch } from '../../domain/analysis/window.ts'
import { timeZone as checkTimeZone } from '../../domain/analysis/time-zone.ts'
import { instant } from '../../domain/instant.ts'
import type { RowRules } from '../../domain/liveness.ts'
import { rankedPage, type Ranked, type RankedRequest } from '../../domain/paging/ranked.ts'
import { MOST_RUNNING, stuckRows } from '../../queries/analysis/stuck.ts'
import { MOST_GROUPS } from '../../queries/analysis/within.ts'
import type { Bound, Opening } from './bounded.ts'
import { figuresWithin, type LookedFigures } from './figures-within.ts'
import { examinedPage, type FiguresPage } from './figures-page.ts'

export interface StatsQuery {
  name?: string[] | undefined
  compareTo?: 'previous' | undefined
  bucket?: BucketLength | undefined
  timeZone: string
}

/** A page of statistics. */
export interface StatsPage extends FiguresPage<NameStats> {
  /** More than 10,000 rows say that they run; only so many were looked at for stuckNow. */
  stuckCut: boolean
}

/** Figures that names are sorted by. */
export const statsFigures = {
  runs: ({ runs }) => runs,
  failed: ({ failed }) => failed,
  failureRate: ({ failureRate }) => failureRate,
  p50: ({ durationMs }) => durationMs && durationMs.p50,
  p95: ({ durationMs }) => durationMs && durationMs.p95,
  p99: ({ durationMs }) => durationMs && durationMs.p99,
  totalMs: ({ totalMs }) => totalMs,
  stuckNow: ({ stuckNow }) => stuckNow,
  lastAt: ({ lastAt }) => lastAt,
  name: () => null,
} satisfies Record<string, (stats: NameStats) => Ranked>

/** The runs of each job, function or event in a window: how many, how they came out, how long they took, what is stuck. */
export function readStats(
  db: Opening,
  kind: StatsKind,
  asked: RankedRequest,
  query: StatsQuery,
  rules: RowRules,
  bounds?: readonly Bound[],
): Promise<StatsPage> {
  // What is wrong with these is refused before anything is read, and a time zone also where nothing needs it.
  checkTimeZone(query.timeZone)
  if (query.bucket !== undefined) bucketStarts(asked, query.bucket, query.timeZone, asked.limit)
  const table = kind === 'job' ? 'job_executions' : 'invocations'
  return figuresWithin(db, table, asked, rules, (looked) => statsOf(looked, kind, asked, query, rules), bounds)
}

async function statsOf(
  { snapshot, stretch, sampled, source }: LookedFigures,
  kind: StatsKind,
  asked: RankedRequest,
  { name, compareTo, bucket, timeZone }: StatsQuery,
  rules: RowRules,
): Promise<StatsPage> {
  const read = await source.runs(kind, stretch)
  const now = read.slice(0, MOST_GROUPS)
  const stuck = await stuckRows(snapshot, kind, rules)
  const before = compareTo === undefined ? null : await source.runs(kind, previousStretch(asked, stretch.from))
  const all = nameStats(kind, now, stuck.rows, before)
  const wanted = name === undefined ? all : all.filter((each) => name.includes(each.name))
  const { data, page } = rankedPage(asked, wanted, {
    value: (stats, figure) => statsFigures[figure as keyof typeof statsFigures](stats),
    key: (stats) => stats.name,
  })
  if (bucket !== undefined) {
    const starts = bucketStarts(stretch, bucket, timeZone, asked.limit)
    const rows = await source.series(
      kind,
      stretch,
      data.map((each) => each.name),
      starts,
    )
    const series = seriesOf(rows, starts, stretch)
    for (const each of data) each.series = series.get(each.name) ?? emptySeries(starts, stretch.to)
  }
  const examined = now.reduce((sum: number, row: RunsRow) => sum + row.checked, 0)
  const groupsCut = read.length > MOST_GROUPS
  return {
    data,
    stuckCut: stuck.looked > MOST_RUNNING,
    page: examinedPage(page, { groups: wanted.length, groupsCut, examined, sampled, stretch, rollups: source.used() }),
    asOf: instant(snapshot.asOf),
  }
}
