import type { Step } from '../model/step.ts'

/** A span of time, in ms since 1970. */
export interface Span {
  from: number
  to: number
}

/** The first start and the last end of a subtree; what runs lasts until `now`. Null: no step of it has a start. */
export function spanOf(steps: readonly Step[], top: number, now: number): Span | null {
  let from = Number.POSITIVE_INFINITY
  let to = Number.NEGATIVE_INFINITY
  const end = steps[top]?.end ?? 0
  for (let index = top; index < end; index++) {
    const step = steps[index]
    if (step?.startMs == null) continue
    from = Math.min(from, step.startMs)
    to = Math.max(to, endOf(step, now) ?? step.startMs)
  }
  return Number.isFinite(from) ? { from, to: Math.max(from, to) } : null
}

/** When a step ended; what runs has come to `now`. Null: nobody knows. */
export function endOf({ startMs, endMs, running }: Step, now: number): number | null {
  if (endMs !== null || !running || startMs === null) return endMs
  return Math.max(startMs, now)
}

/** Where something stands on the axis: fractions of its length, cut to it. */
export interface Place {
  left: number
  width: number
}

/** The part of a span that lies on the axis; null: none of it does. */
export function placeOf({ from, to }: Span, axis: Span): Place | null {
  const length = axis.to - axis.from
  if (to < axis.from || from > axis.to) return null
  if (length <= 0) return { left: 0, width: 1 }
  const left = Math.max(0, (from - axis.from) / length)
  return { left, width: Math.max(0, Math.min(1, (to - axis.from) / length) - left) }
}

/** What is drawn of a step. `unended`: it began and nobody knows when it ended, so that `work` is its start alone. */
export interface Bars {
  wait: Place | null
  work: Place | null
  unended: boolean
}

export function barsOf(step: Step, axis: Span, now: number): Bars {
  const { startMs, waitsFromMs } = step
  if (startMs === null) return { wait: null, work: null, unended: false }
  const end = endOf(step, now)
  return {
    wait: waitsFromMs === null ? null : placeOf({ from: waitsFromMs, to: startMs }, axis),
    work: placeOf({ from: startMs, to: end ?? startMs }, axis),
    unended: end === null,
  }
}
