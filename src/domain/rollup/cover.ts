import type { Window } from '../analysis/window.ts'
import { instantOf, isBefore } from '../instant.ts'

export const HOUR = 3_600_000
const DAY = 24 * HOUR

/** An hour that was counted, and when; two instants. */
export interface CountedHour {
  hour: string
  countedAt: string
}

/** Of what a window is made: days and hours that were counted (their beginnings, as instants), and stretches whose rows are to be read. */
export interface Cover {
  days: string[]
  hours: string[]
  stretches: Window[]
  /** When the hour was counted that was so longest ago; null: none is used. */
  countedAt: string | null
}

/** Covers a window, all of it and nothing twice. A day stands for its 24 hours if each of them was counted. `byDay` false: without days. */
export function coverOf(window: Window, counted: readonly CountedHour[], byDay = true): Cover {
  const within = counted
    .filter(({ hour }) => !isBefore(hour, window.from) && !isBefore(window.to, instantOf(Date.parse(hour) + HOUR)))
    .toSorted((a, b) => (a.hour < b.hour ? -1 : 1))
  const times = within.map(({ hour }) => Date.parse(hour))
  const there = new Set(times)
  const isWhole = (day: number): boolean => {
    for (let nth = 0; nth < 24; nth += 1) if (!there.has(day + nth * HOUR)) return false
    return true
  }
  const whole = new Set(byDay ? times.filter((time) => time % DAY === 0 && isWhole(time)) : [])
  return {
    days: [...whole].map(instantOf),
    hours: times.filter((time) => !whole.has(Math.floor(time / DAY) * DAY)).map(instantOf),
    stretches: gapsOf(window, times),
    countedAt: within.reduce<string | null>(
      (oldest, { countedAt }) => (oldest === null || isBefore(countedAt, oldest) ? countedAt : oldest),
      null,
    ),
  }
}

/** What lies between hours that follow each other, before the first and after the last. */
function gapsOf({ from, to }: Window, hours: readonly number[]): Window[] {
  const gaps: Window[] = []
  let at = from
  for (const hour of hours) {
    const begins = instantOf(hour)
    if (isBefore(at, begins)) gaps.push({ from: at, to: begins })
    at = instantOf(hour + HOUR)
  }
  if (hours.length === 0 || isBefore(at, to)) gaps.push({ from: at, to })
  return gaps
}
