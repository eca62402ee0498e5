/** The runs of one function or job in a window, as the queries read them; times in ms. */
export interface RunsRow {
  name: string
  runs: number
  failed: number
  crashed: number
  /** p50, p95 and p99 of the durations; null where no run has one. */
  percentiles: [number, number, number] | null
  totalMs: number | null
  /** Null: it did not run. */
  lastAt: string | null
  /** How often an event was looked for; of all others as often as it ran. */
  checked: number
}

/** What a name has that did not run in the window. */
export function noRuns(name: string): RunsRow {
  return { name, runs: 0, failed: 0, crashed: 0, percentiles: null, totalMs: null, lastAt: null, checked: 0 }
}

/** Durations of runs in ms: the smallest that so many of a hundred runs do not exceed. */
export interface Percentiles {
  p50: number
  p95: number
  p99: number
}

export function percentilesOf(read: [number, number, number] | null): Percentiles | null {
  return read && { p50: read[0], p95: read[1], p99: read[2] }
}

/** So many of how many, with six digits; null of nothing. */
export function share(of: number, n: number): number | null {
  return n === 0 ? null : Math.round((of / n) * 1e6) / 1e6
}
