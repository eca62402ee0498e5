import type { RunsRow } from '../analysis/runs.ts'
import { addHistograms, quantileOf, type Histogram } from './histogram.ts'
import { later, mergedBy } from './merge.ts'

/** The runs of one name in some time, which can be added up; times in ms, instants as Postgres text or ISO. */
export interface RunsFigures extends Omit<RunsRow, 'percentiles'> {
  durations: Histogram
}

/** The same of several times together, by name. */
export function addRuns(all: readonly RunsFigures[]): RunsFigures[] {
  return mergedBy(
    all,
    ({ name }) => name,
    (a, b) => ({
      name: a.name,
      runs: a.runs + b.runs,
      failed: a.failed + b.failed,
      crashed: a.crashed + b.crashed,
      checked: a.checked + b.checked,
      totalMs: a.totalMs === null ? b.totalMs : a.totalMs + (b.totalMs ?? 0),
      lastAt: later(a.lastAt, b.lastAt),
      durations: addHistograms(a.durations, b.durations),
    }),
  )
}

/** As the figures of one window show them; percentiles are off by 1 % at most. */
export function runsRowOf({ durations, ...rest }: RunsFigures): RunsRow {
  const [p50, p95, p99] = [0.5, 0.95, 0.99].map((part) => quantileOf(durations, part))
  return {
    ...rest,
    percentiles:
      p50 == null || p95 == null || p99 == null ? null : ([p50, p95, p99].map(toMicros) as [number, number, number]),
  }
}

/** What is off by 1 % need not have 15 digits. */
export function toMicros(ms: number): number {
  return Math.round(ms * 1000) / 1000
}
