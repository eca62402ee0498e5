import { addMs, isBefore } from './instant.ts'

/** Instants; the duration in ms. */
export interface Timing {
  createdAt: string
  updatedAt: string | null
  durationMs: number | null
}

/**
 * When an invocation ended; null while it has no duration. The writer counts the duration from the entry of the function and takes `created_at` after its own start,
 * so in a cold process their sum is late: in 18 of 220 rows of three writers, by up to 16 s. The smaller of the sum and `updated_at` was late in none.
 * `updated_at` does not count if it is not after `created_at` (seeders and copies never update), or before the end of a job of the invocation
 * (it is the clock of the database, and clocks differ). `lastJobEnd`: the latest of its jobs' ends that were read. In SQL the same is `endOfInvocation` (src/queries/ends.ts).
 */
export function endOfInvocation(
  { createdAt, updatedAt, durationMs }: Timing,
  lastJobEnd: string | null,
): string | null {
  if (durationMs === null) return null
  const counted = addMs(createdAt, durationMs)
  if (updatedAt === null || !isBefore(createdAt, updatedAt) || !isBefore(updatedAt, counted)) return counted
  return lastJobEnd !== null && isBefore(updatedAt, lastJobEnd) ? counted : updatedAt
}

/** The latest end of these jobs; null where none has one. One with a negative duration ended when it started. */
export function lastEnd(jobs: ReadonlyArray<{ startedAt: string; endedAt: string | null }>): string | null {
  let last: string | null = null
  for (const { startedAt, endedAt } of jobs) {
    if (endedAt === null) continue
    const end = isBefore(endedAt, startedAt) ? startedAt : endedAt
    if (last === null || isBefore(last, end)) last = end
  }
  return last
}
