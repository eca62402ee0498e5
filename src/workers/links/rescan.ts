import type { Writer } from '../../db/db.ts'
import { emptyTally } from '../../domain/link/tally.ts'
import type { Rule } from '../../queries/recovery/examine.ts'
import type { Position, Window } from '../../queries/recovery/kept.ts'
import { leaseHolder, type Lease } from '../../queries/recovery/lease.ts'
import { beginScan, noteScan, outdatedWindow, unfinishedScan } from '../../queries/recovery/scans.ts'
import { checkLease, LINKS_NEXT } from '../lease.ts'
import type { Look } from './passes.ts'

/** Its row in observability_scans. */
const RESCAN = 'rescan'
/** Rows of one tick, as those of the passes: about 3,000 a second. */
const ROWS_A_TICK = 10_000

interface Under {
  window: Window
  position: Position | null
}

/**
 * Makes the part of a tick that looks again through all that was decided by another version of the rule, or with another LINK_MAX_AGE or other
 * LINK_PATHS. It goes on over many ticks, also after a restart, gives way to commands, and is done once for each rule. `say` hears when it begins.
 */
export function createRescan(
  look: Look,
  rule: Rule,
  signal: AbortSignal,
  say: (sentence: string) => void,
): (writer: Writer, lease: Lease) => Promise<void> {
  let under: Under | null | undefined
  return async (writer, lease) => {
    if (under === undefined) {
      under = await begin(writer, lease, rule)
      if (under) say(sentence(under))
    }
    for (let rows = 0; under !== null && rows < ROWS_A_TICK;) {
      signal.throwIfAborted()
      if (await leaseHolder(writer, LINKS_NEXT)) return
      const { rows: looked, end }: Awaited<ReturnType<Look>> = await look(
        writer,
        lease,
        under.window,
        under.position,
        signal,
      )
      // A process that is killed here looks at the batch again, which changes nothing.
      await writer.transaction(async (session) => {
        await checkLease(session, lease)
        await noteScan(session, RESCAN, end, emptyTally())
      })
      rows += looked
      under = end === null ? null : { ...under, position: end }
    }
  }
}

async function begin(writer: Writer, lease: Lease, rule: Rule): Promise<Under | null> {
  return writer.transaction(async (session) => {
    await checkLease(session, lease)
    const unfinished = await unfinishedScan(session, RESCAN, rule)
    if (unfinished !== undefined) return unfinished
    const window = await outdatedWindow(session, RESCAN, rule)
    if (window === undefined) return null
    await beginScan(session, RESCAN, rule, window, emptyTally())
    return { window, position: null }
  })
}

function sentence({ window: { from } }: Under): string {
  return `the rule of links, LINK_MAX_AGE or LINK_PATHS have changed: what was looked through before is looked through again, ${from === null ? 'all time' : `from ${from}`}`
}
