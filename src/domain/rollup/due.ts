import { compareInstants, instantOf, msBetween } from '../instant.ts'
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
  /** When the oldest row began that may be counted; null: there is none. */
  oldest: string | null
  states: readonly HourState[]
  /** Older hours may be counted again in turn: how long it is since the last one was, ms, and how long that took. */
  sinceInTurn: number
  inTurnTookMs: number
}

/** What says which hours may be counted. */
type Span = Pick<Asked, 'now' | 'oldest' | 'until'>

/** The hours that may be counted: from that of the oldest row, or the one 400 days ago, to the last one; ms. Undefined: there is no row. */
function range({ now, oldest, until }: Span): { first: number; last: number } | undefined {
  if (oldest === null) return undefined
  const last = hourOf(now) - (until === 'now' ? 0 : HOUR)
  return { first: Math.max(hourOf(oldest), last - (KEPT_HOURS - 1) * HOUR), last }
}

function hourOf(at: string): number {
  return Math.floor(Date.parse(at) / HOUR) * HOUR
}

/** The beginning of the first hour that is kept: what was counted before it is of rows that are gone, or older than 400 days. */
export function keptFrom(known: Span): string {
  return instantOf(range(known)?.first ?? hourOf(known.now))
}

/** The hours that are not counted as this build counts, the newest first. */
export function uncountedHours({ states, ...span }: Span & Pick<Asked, 'states'>): string[] {
  const { first, last } = range(span) ?? { first: 0, last: -HOUR }
  const current = new Set(states.filter((state) => state.current).map(({ hour }) => Date.parse(hour)))
  const uncounted: string[] = []
  for (let hour = last; hour >= first; hour -= HOUR) if (!current.has(hour)) uncounted.push(instantOf(hour))
  return uncounted
}

/**
 * Which hour is to be counted next: one that has just ended, one in which something ended, the newest one that was not counted yet, or in turn the one that was
 * counted longest ago. Undefined: none is due.
 */
export function nextHour(asked: Asked): string | undefined {
  const { now, states } = asked
  const hours = range(asked)
  if (hours === undefined) return undefined
  const { first, last } = hours
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
export function countedShare(known: Span & Pick<Asked, 'states'>): { counted: number; all: number } {
  const hours = range(known)
  if (hours === undefined) return { counted: 0, all: 0 }
  const all = Math.max(0, (hours.last - hours.first) / HOUR + 1)
  return { counted: all - uncountedHours(known).length, all }
}
