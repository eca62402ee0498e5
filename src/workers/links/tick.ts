import type { Writer } from '../../db/db.ts'
import type { LinkCounts } from '../../domain/link/counts.ts'
import type { Rule } from '../../queries/recovery/examine.ts'
import type { Position } from '../../queries/recovery/kept.ts'
import type { Lease } from '../../queries/recovery/lease.ts'
import { sweepKept } from '../../queries/recovery/sweep.ts'
import { countLinks, noteTick } from '../../queries/recovery/tick.ts'
import { checkLease, underLease } from '../lease.ts'
import { createPasses, type Look } from './passes.ts'
import { createRescan } from './rescan.ts'

export interface TickOptions {
  look: Look
  rule: Rule
  /** Hears in a sentence when everything is looked through again, because the rule has changed. */
  onRescan: (sentence: string) => void
  /** Hears the counts whenever they were taken, the first time when 24 hours have been looked through once. */
  onCounts: (counts: LinkCounts) => void
}

const COUNT_EVERY = 60_000
/** Counting reads every link of a day. */
const COUNT_TIMEOUT = 20_000
/** Of our own rows, those that one tick looks at for deleted invocations: 10 ms. */
const SWEPT = 1000

/**
 * Makes what the worker does every few seconds: it looks at rows that arrived, and again at older ones if the rule has changed, removes kept rows of deleted invocations in turn, counts once a
 * minute, and notes how far it has come. Resolves to whether nothing is left to look at; false where it gave way to a command that waits.
 */
export function createTicks(
  { look, rule, onRescan, onCounts }: TickOptions,
  signal: AbortSignal,
): (writer: Writer, lease: Lease) => Promise<boolean> {
  const passes = createPasses(look, signal)
  const rescan = createRescan(look, rule, signal, onRescan)
  let sweptTo: Position | null = null
  let countedAt = -Infinity

  return async (writer, lease) => {
    const finished = await passes.goOn(writer, lease)
    await rescan(writer, lease)
    const swept = await writer.transaction(async (session) => {
      await checkLease(session, lease)
      return sweepKept(session, sweptTo, SWEPT)
    })
    sweptTo = swept.end
    const due = passes.daySeen() && performance.now() - countedAt >= COUNT_EVERY
    // Also if it fails: then it is tried again after a minute, and links are recovered meanwhile.
    if (due) countedAt = performance.now()
    const note = { ruleVersion: rule.version, ruleSettings: rule.settings, ...passes.longest() }
    const counts = await underLease(
      writer,
      lease,
      async (session) => {
        const taken = due ? await countLinks(session, signal) : undefined
        await noteTick(session, { ...note, counts: taken })
        return taken
      },
      { statementTimeout: COUNT_TIMEOUT },
    )
    if (counts) onCounts(counts)
    return finished
  }
}
