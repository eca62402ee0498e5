import type { TotalBucketRow, TotalsRow } from '../analysis/totals.ts'
import { addRuns, runsRowOf, type RunsFigures } from './runs.ts'
import { bucketsOf, type Piece } from './series.ts'

/** The runs of all names together; percentiles are off by 1 % at most. */
export function totalsRowOf(figures: readonly RunsFigures[]): TotalsRow {
  const [all] = addRuns(nameless(figures)).map(runsRowOf)
  if (all === undefined) return { runs: 0, failed: 0, crashed: 0, percentiles: null, totalMs: null }
  const { runs, failed, crashed, percentiles, totalMs } = all
  return { runs, failed, crashed, percentiles, totalMs }
}

/** Their series. `starts`: the instants at which buckets begin. */
export function totalBucketsOf(pieces: readonly Piece[], starts: readonly string[]): TotalBucketRow[] {
  const unnamed = pieces.map(({ beginsAt, figures }) => ({ beginsAt, figures: nameless(figures) }))
  return bucketsOf(unnamed, [''], starts).map(({ bucket, runs, failed, p95 }) => ({ bucket, runs, failed, p95 }))
}

function nameless(figures: readonly RunsFigures[]): RunsFigures[] {
  return figures.map((each) => ({ ...each, name: '' }))
}
