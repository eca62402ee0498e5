import type { Writer } from '../../db/db.ts'
import type { LinkWay } from '../../domain/link/way.ts'
import { KEPT_HOURS } from '../../domain/rollup/due.ts'
import { forgetBefore, knownHours, leaveHour } from '../../queries/rollups/hours.ts'
import type { Lease } from '../../queries/recovery/lease.ts'
import { underLease } from '../lease.ts'
import type { Task } from '../task.ts'
import { countedBy, countHour } from './count-hour.ts'
import { hoursInTurn, TIMEOUTS, type HourWork } from './hours-in-turn.ts'
import { instantsOf, type Known } from './known.ts'

/** How hours are counted. */
export function rollupWork(way: LinkWay, timeouts = TIMEOUTS): HourWork {
  return {
    until: 'ended',
    look: (writer) => look(writer, way),
    work: countInTime(way, timeouts),
    forgetBefore,
  }
}

/** The task of the worker that counts hours: those that have just ended or changed, all others newest first, and then each in turn. */
export function rollupTask(way: LinkWay, log: { info(message: string): void }, signal: AbortSignal): Task {
  const say = (counted: number, all: number): void =>
    log.info(
      counted === all
        ? `rollups: all ${all} hours since the first row are counted`
        : `rollups: ${counted} of ${all} hours are counted; figures of the others are made of their rows`,
    )
  return {
    name: 'rollups',
    tick: hoursInTurn(rollupWork(way), say, signal),
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
  return instantsOf(await knownHours(writer, countedBy(way), KEPT_HOURS))
}

/** Counts one hour under the lease. */
export function countUnderLease(
  writer: Writer,
  lease: Lease,
  hour: string,
  way: LinkWay,
  timeouts = TIMEOUTS,
): Promise<void> {
  return underLease(writer, lease, (session) => countHour(session, hour, way), timeouts)
}

/** A statement took longer than it may. */
const TOO_LONG = '57014'

/**
 * Counts an hour, or leaves it to its rows if it cannot be counted in time (one of 100,000 invocations, on a busy machine): otherwise it would be tried again and again,
 * and no older one would ever be counted. The lease may be over by then: so the hour is remembered, and left as soon as there is a lease again.
 */
function countInTime(way: LinkWay, timeouts: typeof TIMEOUTS): HourWork['work'] {
  const tooLong = new Set<string>()
  return async (writer, lease, hour) => {
    try {
      if (!tooLong.has(hour)) return await countUnderLease(writer, lease, hour, way, timeouts)
    } catch (error) {
      if ((error as { code?: unknown }).code !== TOO_LONG) throw error
      tooLong.add(hour)
    }
    const tookMs = timeouts.statementTimeout
    await underLease(writer, lease, (session) => leaveHour(session, hour, countedBy(way), tookMs), TIMEOUTS)
    tooLong.delete(hour)
  }
}
