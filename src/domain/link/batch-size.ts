/** What a batch that keeps rows locked should take, ms: of the 100 that a writer may be kept waiting, since rows differ. Of 50, one in a hundred took 120. */
const WANTED = 40
const LEAST = 1

/** How many rows the next batch takes, after one of `size` rows took so long (ms). It grows twofold at most, and shrinks as far as it must. */
export function nextBatchSize(size: number, tookMs: number, most: number): number {
  const fitting = Math.floor((size * WANTED) / Math.max(tookMs, 1))
  return Math.max(LEAST, Math.min(fitting, 2 * size, most))
}
