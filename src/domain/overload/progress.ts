/** How a reader gets on with its answer. */
export interface Progress {
  /** Since when it has taken less than LEAST_TAKEN; ms. */
  since: number
  /** What it had taken then, bytes. */
  taken: number
}

/** A reader that takes less than these bytes in some seconds is said to have stalled in them. */
export const LEAST_TAKEN = 65_536

/** The progress of a reader that has taken `taken` bytes at `now`. A reader that has taken all there is waits for us, and has not stalled. */
export function progressed(
  before: Progress,
  { now, taken, pending }: { now: number; taken: number; pending: boolean },
): Progress {
  return pending && taken - before.taken < LEAST_TAKEN ? before : { since: now, taken }
}
