import type { BucketRow } from '../analysis/stats.ts'
import type { Window } from '../analysis/window.ts'
import { compareInstants, isBefore } from '../instant.ts'
import { quantileOf } from './histogram.ts'
import { addRuns, toMicros, type RunsFigures } from './runs.ts'

/** Figures of a time that begins then, and lies in one bucket. */
export interface Piece {
  beginsAt: string
  figures: readonly RunsFigures[]
}

/** The series of these names. `starts`: the instants at which buckets begin. */
export function bucketsOf(pieces: readonly Piece[], names: readonly string[], starts: readonly string[]): BucketRow[] {
  const wanted = new Set(names)
  const buckets = new Map<number, RunsFigures[]>()
  for (const { beginsAt, figures } of pieces) {
    const nth = starts.filter((start) => compareInstants(start, beginsAt) <= 0).length
    buckets.set(nth, [...(buckets.get(nth) ?? []), ...figures.filter(({ name }) => wanted.has(name))])
  }
  return [...buckets].flatMap(([bucket, figures]) =>
    addRuns(figures)
      .filter(({ runs }) => runs > 0)
      .map(({ name, runs, failed, durations }) => {
        const p95 = quantileOf(durations, 0.95)
        return { name, bucket, runs, failed, p95: p95 && toMicros(p95) }
      }),
  )
}

/** The parts of a stretch that lie in one bucket each. */
export function cutAt(starts: readonly string[], { from, to }: Window): Window[] {
  const inner = starts.filter((start) => isBefore(from, start) && isBefore(start, to))
  return [from, ...inner].map((each, nth) => ({ from: each, to: inner[nth] ?? to }))
}
