/** A stretch of time up to now, ms, that is looked through again after a while, ms: rows arrive late, and a writer may reset what it wrote. */
export interface Pass {
  spanMs: number
  everyMs: number
}

const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** A row can be 12 s late if its writer retries, and a job as late as its function runs: the longer ago, the more seldom. */
export const passes: readonly Pass[] = [
  { spanMs: MINUTE, everyMs: 0 },
  { spanMs: 15 * MINUTE, everyMs: MINUTE },
  { spanMs: 24 * HOUR, everyMs: HOUR },
]
