import type { Writer } from '../../db/db.ts'
import type { LinkCounts } from '../../domain/link/counts.ts'
import { RULE_VERSION } from '../../domain/link/rule.ts'
import type { Position } from '../../queries/recovery/kept.ts'
import type { Lease } from '../../queries/recovery/lease.ts'
import { sweepKept } from '../../queries/recovery/sweep.ts'
import { countLinks, noteTick } from '../../queries/recovery/tick.ts'
import { checkLease } from '../lease.ts'
import { createPasses, type Look } from './passes.ts'

export interface TickOptions {
  look: Look
  /** What LINK_PATHS and LINK_MAX_AGE say, as it is kept with what was found by it. */
  ruleSettings: string
  /** Hears the counts whenever they were taken, the first time when 24 hours have been looked through once. */
  onCounts: (counts: LinkCounts) => void
}

const COUNT_EVERY = 60_000
/** Counting reads every link of a day. */
const COUNT_TIMEOUT = 20_000
/** Of our own rows, those that one tick looks at for deleted invocations: 10 ms. */
const SWEPT = 1000

/**
 * Makes what the worker does every few seconds: it looks at rows that arrived, removes kept rows of deleted invocations in turn, counts once a
 * minute, and notes how far it has come. Resolves to whether nothing is left to look at; false where it gave way to a command that waits.
 */
export function createTicks(
  { look, ruleSettings, onCounts }: TickOptions,
  signal: AbortSignal,
): (writer: Writer, lease: Lease) => Promise<boolean> {
  const passes = createPasses(look, signal)
  let sweptTo: Position | null = null
  let countedAt = -Infinity

  return async (writer, lease) => {
    const finished = await passes.goOn(writer, lease)
    const swept = await writer.transaction(async (session) => {
      await checkLease(session, lease)
      return sweepKept(session, sweptTo, SWEPT)
    })
    sweptTo = swept.end
    const due = passes.daySeen() && performance.now() - countedAt >= COUNT_EVERY
    const counts = due
      ? await writer.transaction((session) => countLinks(session, signal), { statementTimeout: COUNT_TIMEOUT })
      : undefined
    const { window, position } = passes.longest()
    await writer.transaction(async (session) => {
      await checkLease(session, lease)
      await noteTick(session, { ruleVersion: RULE_VERSION, ruleSettings, window, position, counts })
    })
    if (counts) {
      countedAt = performance.now()
      onCounts(counts)
    }
    return finished
  }
}
