import type { Writer } from '../../db/db.ts'
import type { RowRules } from '../../domain/liveness.ts'
import { KEPT_HOURS } from '../../domain/rollup/due.ts'
import { databaseClock } from '../../queries/as-of.ts'
import type { Lease } from '../../queries/recovery/lease.ts'
import { forgetTreesBefore, knownTreeHours } from '../../queries/summaries/hours.ts'
import { keepTrees, openTrees } from '../../queries/summaries/store.ts'
import { lookUpByIndex } from '../../queries/tree/by-index.ts'
import type { StartRow } from '../../queries/tree/forest.ts'
import { summedBy, sumTrees } from '../../reading/summaries/sum-trees.ts'
import { underLease } from '../lease.ts'
import { hoursInTurn, TIMEOUTS, type HourWork } from '../rollups/hours-in-turn.ts'
import { instantsOf } from '../rollups/known.ts'
import type { Task } from '../task.ts'
import { idsOf, sumHour } from './sum-hour.ts'

/** Trees that were not over, and are looked at again in one tick. */
const OPEN_BATCH = 200

/** How trees are summed up, hour by hour. The current hour has trees too. */
export function summaryWork(rules: RowRules, signal?: AbortSignal): HourWork {
  return {
    until: 'now',
    look: async (writer) => instantsOf(await knownTreeHours(writer, summedBy(rules), KEPT_HOURS)),
    work: (writer, lease, hour) =>
      underLease(writer, lease, (session) => sumHour(session, hour, rules, signal), TIMEOUTS),
    forgetBefore: forgetTreesBefore,
  }
}

/** The task of the worker that sums up trees: those of new hours, those that were not over, and then all others in turn. */
export function summaryTask(rules: RowRules, log: { info(message: string): void }, signal: AbortSignal): Task {
  const hours = hoursInTurn(
    summaryWork(rules, signal),
    (counted, all) =>
      log.info(
        counted === all
          ? `summaries: the trees of all ${all} hours since the first row are summed up`
          : `summaries: the trees of ${counted} of ${all} hours are summed up`,
      ),
    signal,
  )
  let after: StartRow | null = null
  return {
    name: 'summaries',
    async tick(writer, lease) {
      const finished = await hours(writer, lease)
      after = await sumOpen(writer, lease, after, rules)
      return finished
    },
    told: {
      waiting: 'No tree has been summed up yet',
      done: 'Trees were summed up, or none was due,',
      failing: 'Trees cannot be summed up at this moment, and the log says why',
      elsewhere: 'Another process sums up trees',
    },
  }
}

/** Sums up some of the trees that were not over, those that began before this one; resolves to the last of them, or to null if there are no others. */
async function sumOpen(
  writer: Writer,
  lease: Lease,
  after: StartRow | null,
  rules: RowRules,
): Promise<StartRow | null> {
  return underLease(
    writer,
    lease,
    async (session) => {
      await lookUpByIndex(session)
      const found = await openTrees(session, { after, limit: OPEN_BATCH }, rules.linkWay)
      await keepTrees(session, await sumTrees(session, idsOf(found), await databaseClock(session), rules))
      return found.length < OPEN_BATCH ? null : (found.at(-1) ?? null)
    },
    TIMEOUTS,
  )
}
