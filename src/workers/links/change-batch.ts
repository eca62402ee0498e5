import type { Session, Writer } from '../../db/db.ts'
import type { Wanted, Window } from '../../queries/recovery/kept.ts'
import type { Lease } from '../../queries/recovery/lease.ts'
import { checkLease } from '../lease.ts'
import { uncountWhereLinksChanged } from '../rollups/uncount.ts'

/** One way to change links that are kept. */
export interface Change {
  wanted: Wanted
  /** Changes these invocations within a transaction, as far as nobody else has them locked. */
  apply: (session: Session, ids: readonly string[]) => Promise<Applied>
}

/** Ids that were changed, and ids of which nothing is left to change. */
export interface Applied {
  changed: string[]
  settled: string[]
}

/**
 * How many; `skipped`: others had them locked, or held their jobs, until the end of all tries; `refused`: the database refuses the row, as `refusal` says
 * of the first one (an old row that breaks a CHECK which was added NOT VALID, a trigger).
 */
export interface Changed {
  changed: number
  settled: number
  skipped: number
  refused: number
  refusal?: string
}

export interface ChangeOptions {
  writer: Writer
  lease: Lease
  window: Window
  signal: AbortSignal
  /** How long what others hold is tried again without any success, ms; 0: it is not. */
  patience: number
  /** Rows a second at most; undefined: as fast as it goes. */
  rate?: number | undefined
  /** Hears after each batch what has been done. */
  progress?: ((so: Changed) => void) | undefined
}

/** A batch that waits for longer keeps writers waiting; ms. */
const TIMEOUTS = { lockTimeout: 50, statementTimeout: 1000 }
/** lock_not_available, deadlock_detected, foreign_key_violation (the job was deleted), and query_canceled (a batch took a second). */
const AGAIN = new Set(['55P03', '40P01', '23503', '57014'])
/** What a row is refused for whenever it is written: its data, a constraint, a trigger that raises, a right that was revoked, a column that was made a generated one. */
const REFUSED = /^(22|23|44|P0|42501|428C9)/
/** Changes these invocations in one transaction, or row by row if that met what others hold. Gives the ids that must be tried again. Throws LeaseLost. */
export async function changeSome(
  change: Change,
  options: ChangeOptions,
  ids: readonly string[],
  so: Changed,
): Promise<string[]> {
  if (ids.length === 0) return []
  const left = await batch(change, options, ids, so)
  if (left !== undefined) return left
  if (ids.length === 1) return [...ids]
  const skipped: string[] = []
  for (const id of ids) {
    options.signal.throwIfAborted()
    skipped.push(...((await batch(change, options, [id], so)) ?? [id]))
  }
  return skipped
}

/** Gives what others have locked; undefined: the batch met what others hold, and nothing of it was written. */
async function batch(
  { apply }: Change,
  { writer, lease, signal }: ChangeOptions,
  ids: readonly string[],
  so: Changed,
): Promise<string[] | undefined> {
  try {
    const { changed, settled } = await writer.transaction(async (session) => {
      await checkLease(session, lease)
      const applied = await apply(session, ids)
      await uncountWhereLinksChanged(session, applied.changed)
      return applied
    }, TIMEOUTS)
    so.changed += changed.length
    so.settled += settled.length
    const through = new Set([...changed, ...settled])
    return ids.filter((id) => !through.has(id))
  } catch (error) {
    const { code = '', message } = error as Error & { code?: string }
    if (signal.aborted || !(AGAIN.has(code) || REFUSED.test(code))) throw error
    if (ids.length > 1 || AGAIN.has(code)) return undefined
    so.refused += 1
    so.refusal ??= message
    return []
  }
}
