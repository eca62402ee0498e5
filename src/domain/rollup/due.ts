import { compareInstants, isBefore, instantOf, msBetween } from '../instant.ts'
import { HOUR } from './cover.ts'

/** An hour as the worker last counted it; instants. */
export interface HourState {
  hour: string
  countedAt: string
  tookMs: number
  /** It was counted as this build counts. */
  current: boolean
  /** Something that ran when it was counted runs no more. */
  ended: boolean
}

/** Writers are late by seconds, and retry: hours that ended within so long are counted again and again. */
const LATE = 2 * HOUR
/** An hour of so many rows that counting it takes long is counted less often: after so many times as long. */
const REST = 10
const SOONEST = 3000
/** Older hours than these are read from their rows. */
export const KEPT_HOURS = 400 * 24

export interface Asked {
  /** The last hour is the one that has ended last, or that of now. */
  until: 'ended' | 'now'
  /** What the clock of the database says; an instant. */
  now: string
  /** The hour of the oldest row; null: there is none. */
  oldest: string | null
  states: readonly HourState[]
  /** Older hours may be counted again in turn: how long it is since the last one was, ms, and how long that took. */
  sinceInTurn: number
  inTurnTookMs: number
}

/**
 * Which hour is to be counted next: one that has just ended, one in which something ended, the newest one that was not counted yet, or in turn the one that was
 * counted longest ago. Undefined: none is due.
 */
export function nextHour(asked: Asked): string | undefined {
  const { now, oldest, states, until } = asked
  if (oldest === null) return undefined
  const last = endOfHours(now, until) - HOUR
  const first = Math.max(Math.floor(Date.parse(oldest) / HOUR) * HOUR, last - (KEPT_HOURS - 1) * HOUR)
  const stateOf = new Map(states.map((state) => [Date.parse(state.hour), state]))
  const rested = ({ countedAt, tookMs }: HourState): boolean =>
    (msBetween(countedAt, now) ?? 0) >= Math.max(SOONEST, REST * tookMs)
  for (let hour = last; hour >= first; hour -= HOUR) {
    const state = stateOf.get(hour)
    if (!state?.current) return instantOf(hour)
    if ((state.ended || Date.parse(now) - hour - HOUR < LATE) && rested(state)) return state.hour
  }
  if (asked.sinceInTurn < Math.max(SOONEST, 2 * REST * asked.inTurnTookMs)) return undefined
  const kept = states.filter(({ hour }) => Date.parse(hour) >= first && Date.parse(hour) <= last)
  return kept.toSorted((a, b) => compareInstants(a.countedAt, b.countedAt))[0]?.hour
}

/** How much is counted: hours of all those that could be. */
export function countedShare({ now, oldest, states, until }: Pick<Asked, 'now' | 'oldest' | 'states' | 'until'>): {
  counted: number
  all: number
} {
  if (oldest === null) return { counted: 0, all: 0 }
  const end = endOfHours(now, until) / HOUR
  const begin = Math.max(Math.floor(Date.parse(oldest) / HOUR), end - KEPT_HOURS)
  const counted = states.filter(({ hour, current }) => current && !isBefore(hour, instantOf(begin * HOUR)))
  return { counted: counted.length, all: Math.max(0, end - begin) }
}

/** When the last hour ends, ms since 1970. */
function endOfHours(now: string, until: Asked['until']): number {
  return Math.floor(Date.parse(now) / HOUR) * HOUR + (until === 'now' ? HOUR : 0)
}
