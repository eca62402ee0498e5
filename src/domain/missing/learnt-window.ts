import type { Window } from '../analysis/window.ts'
import { addMs, msBetween } from '../instant.ts'

const WEEK = 7 * 86_400_000

/** From what is learnt what is usual in a window: the larger of 7 days and its length, right before it. Of a window without an end on both sides: the 7 days before its start, or nothing (null) if it has none. */
export function learntWindow({ from, to }: Window): Window | null {
  if (from.includes('infinity')) return null
  return { from: addMs(from, -Math.max(WEEK, msBetween(from, to) ?? 0)), to: from }
}

/** Clocks of hosts differ: what was triggered may be recorded to have begun before its job, but not by so much; ms. */
const MOST_SKEW = 3_600_000

/** From when on it is looked for what runs of a window led to: an instant. */
export function effectsFrom({ from }: Window): string {
  return addMs(from, -MOST_SKEW)
}
