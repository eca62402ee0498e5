import type { Snapshot } from '../../db/db.ts'
import type { EdgeRow } from '../../domain/analysis/dependencies.ts'
import type { RunsRow } from '../../domain/analysis/runs.ts'
import type { BucketRow, StatsKind } from '../../domain/analysis/stats.ts'
import type { TotalBucketRow, TotalsKind, TotalsRow } from '../../domain/analysis/totals.ts'
import type { Window } from '../../domain/analysis/window.ts'
import type { LinkWay } from '../../domain/link/way.ts'
import { edgeRows, type EdgeKind } from '../../queries/analysis/edges.ts'
import { nameRows, type NameKind, type NameRow } from '../../queries/analysis/names.ts'
import { bucketRows, runRows } from '../../queries/analysis/runs.ts'
import { linkedCount, totalBucketRows, totalsRow } from '../../queries/analysis/totals.ts'

/** Of what figures are made beside rows: hours that were counted before. */
export interface UsedRollups {
  /** When the one was counted that was so longest ago; an instant. */
  countedAt: string
}

/** Where the figures of a window come from. Of groups it gives the most frequent first, and one more than MOST_GROUPS if there are more. */
export interface FigureSource {
  runs(kind: StatsKind, window: Window): Promise<RunsRow[]>
  /** Of these names. `starts`: the instants at which buckets begin. */
  series(kind: StatsKind, window: Window, names: readonly string[], starts: readonly string[]): Promise<BucketRow[]>
  edges(kind: EdgeKind, window: Window): Promise<EdgeRow[]>
  names(kind: NameKind, window: Window): Promise<NameRow[]>
  /** The runs of all names together, and their series. */
  totals(kind: TotalsKind, window: Window): Promise<TotalsRow>
  totalSeries(kind: TotalsKind, window: Window, starts: readonly string[]): Promise<TotalBucketRow[]>
  /** How many invocations a job is known to have triggered. */
  linked(window: Window): Promise<number>
  /** What it used until now; null: rows alone. */
  used(): UsedRollups | null
}

/** Counts all rows of a window, exactly. */
export function rowsSource(snapshot: Snapshot, way: LinkWay): FigureSource {
  return {
    runs: (kind, window) => runRows(snapshot, kind, window),
    series: (kind, window, names, starts) => bucketRows(snapshot, kind, window, names, starts),
    edges: (kind, window) => edgeRows(snapshot, kind, window, way),
    names: (kind, window) => nameRows(snapshot, kind, window),
    totals: (kind, window) => totalsRow(snapshot, kind, window),
    totalSeries: (kind, window, starts) => totalBucketRows(snapshot, kind, window, starts),
    linked: (window) => linkedCount(snapshot, window, way),
    used: () => null,
  }
}
