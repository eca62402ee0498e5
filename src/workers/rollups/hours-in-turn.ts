import type { Session, Writer } from '../../db/db.ts'
import { addMs, isBefore } from '../../domain/instant.ts'
import { HOUR } from '../../domain/rollup/cover.ts'
import { countedShare, keptFrom, nextHour, type Asked } from '../../domain/rollup/due.ts'
import { leaseHolder, type Lease } from '../../queries/recovery/lease.ts'
import { LINKS_NEXT, underLease } from '../lease.ts'
import type { Known } from './known.ts'

/** How long one tick works, ms, before links have their turn again: with the pause of 3 s a sixth of a core at most, but for an hour that takes longer by itself. */
const A_TICK = 500
/** An hour of 40,000 invocations takes some seconds; it waits for no writer. */
export const TIMEOUTS = { statementTimeout: 60_000, lockTimeout: 1000 }
/** How often people are told how many hours are done while there are others, ms. */
const SAY_EVERY = 60_000

/** What is done hour by hour. */
export interface HourWork {
  /** Which hour is the last one: that which has ended last, or that of now. */
  until: Asked['until']
  look: (writer: Writer) => Promise<Known>
  /** Does one hour under the lease. */
  work: (writer: Writer, lease: Lease, hour: string) => Promise<void>
  /** Forgets the hours before this one, and what is kept of them. A day at a time: of a year at once the statement would take longer than it may, at each tick again. */
  forgetBefore: (session: Session, hour: string) => Promise<void>
}

/** Does in each tick what is due: hours that have just ended or changed, all others newest first, and then each in turn. `say` hears how many are done, of how many. */
export function hoursInTurn(
  { until, look, work, forgetBefore }: HourWork,
  say: (counted: number, all: number) => void,
  signal: AbortSignal,
): (writer: Writer, lease: Lease) => Promise<boolean> {
  let lastInTurn = { at: -Infinity, tookMs: 0 }
  const told = nowAndThen(say)
  return async (writer, lease) => {
    const began = performance.now()
    while (performance.now() - began < A_TICK) {
      signal.throwIfAborted()
      if (await leaseHolder(writer, LINKS_NEXT)) return false
      const known = await look(writer)
      told(countedShare({ ...known, until }))
      const from = keptFrom({ ...known, until })
      if (known.firstCounted !== null && isBefore(known.firstCounted, from)) {
        const nextDay = addMs(known.firstCounted, 24 * HOUR)
        const before = isBefore(nextDay, from) ? nextDay : from
        await underLease(writer, lease, (session) => forgetBefore(session, before), TIMEOUTS)
        continue
      }
      const started = performance.now()
      const hour = nextHour({ ...known, until, sinceInTurn: started - lastInTurn.at, inTurnTookMs: lastInTurn.tookMs })
      if (hour === undefined) return true
      await work(writer, lease, hour)
      const now = performance.now()
      lastInTurn = { at: now, tookMs: now - started }
    }
    return true
  }
}

function nowAndThen(say: (counted: number, all: number) => void): (share: { counted: number; all: number }) => void {
  let saidAt = -Infinity
  let whole = false
  return ({ counted, all }) => {
    if (whole || all === 0) return
    whole = counted === all
    if (!whole && performance.now() - saidAt < SAY_EVERY) return
    saidAt = performance.now()
    say(counted, all)
  }
}
