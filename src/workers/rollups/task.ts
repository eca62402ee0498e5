import type { Writer } from '../../db/db.ts'
import { instant } from '../../domain/instant.ts'
import type { LinkWay } from '../../domain/link/way.ts'
import { countedShare, KEPT_HOURS, nextHour, type Asked } from '../../domain/rollup/due.ts'
import { leaseHolder, type Lease } from '../../queries/recovery/lease.ts'
import { knownHours } from '../../queries/rollups/hours.ts'
import { LINKS_NEXT, underLease } from '../lease.ts'
import type { Task } from '../task.ts'
import { countedBy, countHour } from './count-hour.ts'

/** How long one tick counts, ms, before links have their turn again: with the pause of 3 s a sixth of a core at most, but for an hour that takes longer by itself. */
const A_TICK = 500
/** Counting an hour of 40,000 invocations takes some seconds; it waits for no writer. */
const TIMEOUTS = { statementTimeout: 60_000, lockTimeout: 1000 }

/** What is known of all hours at this moment. */
export type Known = Pick<Asked, 'now' | 'oldest' | 'states'>

/** The task of the worker that counts hours: those that have just ended or changed, all others newest first, and then each in turn. */
export function rollupTask(way: LinkWay, log: { info(message: string): void }, signal: AbortSignal): Task {
  let lastInTurn = { at: -Infinity, tookMs: 0 }
  const say = sayShare(log)
  return {
    name: 'rollups',
    async tick(writer, lease) {
      const began = performance.now()
      while (performance.now() - began < A_TICK) {
        signal.throwIfAborted()
        if (await leaseHolder(writer, LINKS_NEXT)) return false
        const known = await look(writer, way)
        say(known)
        const started = performance.now()
        const hour = nextHour({ ...known, sinceInTurn: started - lastInTurn.at, inTurnTookMs: lastInTurn.tookMs })
        if (hour === undefined) return true
        await countUnderLease(writer, lease, hour, way)
        const now = performance.now()
        lastInTurn = { at: now, tookMs: now - started }
      }
      return true
    },
    told: {
      waiting: 'No hour has been counted yet',
      done: 'Hours were counted, or none was due,',
      failing: 'Hours cannot be counted at this moment, and the log says why',
      elsewhere: 'Another process counts hours',
    },
  }
}

/** What is known of all hours, by the clock of the database. */
export async function look(writer: Writer, way: LinkWay): Promise<Known> {
  const { now, oldest, states } = await knownHours(writer, countedBy(way), KEPT_HOURS)
  return {
    now: instant(now),
    oldest: oldest === null ? null : instant(oldest),
    states: states.map((state) =>
      Object.assign(state, { hour: instant(state.hour), countedAt: instant(state.countedAt) }),
    ),
  }
}

/** Counts one hour under the lease. */
export function countUnderLease(writer: Writer, lease: Lease, hour: string, way: LinkWay): Promise<void> {
  return underLease(writer, lease, (session) => countHour(session, hour, way), TIMEOUTS)
}

/** How often people are told how many hours are counted while there are others, ms. */
const SAY_EVERY = 60_000

function sayShare(log: { info(message: string): void }): (known: Known) => void {
  let saidAt = -Infinity
  let whole = false
  return (known) => {
    const { counted, all } = countedShare(known)
    if (whole || all === 0) return
    whole = counted === all
    if (!whole && performance.now() - saidAt < SAY_EVERY) return
    saidAt = performance.now()
    log.info(
      whole
        ? `rollups: all ${all} hours since the first row are counted`
        : `rollups: ${counted} of ${all} hours are counted; figures of the others are made of their rows`,
    )
  }
}
