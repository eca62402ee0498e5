import { setTimeout as pause } from 'node:timers/promises'
import type { Session, Writer } from '../../db/db.ts'
import { nextBatchSize } from '../../domain/link/batch-size.ts'
import { keptAmong, keptRows, type Position, type Wanted, type Window } from '../../queries/recovery/kept.ts'
import type { Lease } from '../../queries/recovery/lease.ts'
import { checkLease } from '../lease.ts'

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

/** How many; `skipped`: others had them locked, or held their jobs, until the end of all tries. */
export interface Changed {
  changed: number
  settled: number
  skipped: number
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

const FIRST = 100
const MOST = 1000
/** A batch that waits for longer keeps writers waiting; ms. */
const TIMEOUTS = { lockTimeout: 50, statementTimeout: 1000 }
/** lock_not_available, deadlock_detected, foreign_key_violation (the job was deleted), and query_canceled (a batch took a second). */
const AGAIN = new Set(['55P03', '40P01', '23503', '57014'])
/** Rows of a batch that is tried again. */
const AT_ONCE = 100
const FIRST_PAUSE = 100
const LONGEST_PAUSE = 2000

/**
 * Changes all kept links of a window that are wanted, in batches of about 50 ms, each in a transaction of its own that checks the lease first.
 * A batch that meets what others hold is repeated row by row, and rows that were skipped are tried again at the end. Throws LeaseLost.
 */
export async function changeLinks(change: Change, options: ChangeOptions): Promise<Changed> {
  const { writer, window, signal, rate = Infinity, progress } = options
  const so: Changed = { changed: 0, settled: 0, skipped: 0 }
  const skipped: string[] = []
  const most = Math.min(MOST, rate)
  let size = Math.min(FIRST, most)
  for (let after: Position | null = null; ;) {
    signal.throwIfAborted()
    const { ids, end } = await keptRows(writer, window, after, change.wanted, size)
    const began = performance.now()
    skipped.push(...(await changeSome(change, options, ids, so)))
    const took = performance.now() - began
    progress?.(so)
    if (end === null) break
    after = end
    if (ids.length === 0) continue
    size = nextBatchSize(ids.length, took, most)
    await pause(Math.max(0, (ids.length / rate) * 1000 - took), undefined, { signal }).catch(() => undefined)
  }
  so.skipped = (await tryAgain(change, options, skipped, so)).length
  return so
}

/** Gives the ids that must be tried again. */
async function changeSome(
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
      return apply(session, ids)
    }, TIMEOUTS)
    so.changed += changed.length
    so.settled += settled.length
    const through = new Set([...changed, ...settled])
    return ids.filter((id) => !through.has(id))
  } catch (error) {
    if (!signal.aborted && AGAIN.has((error as { code?: string }).code ?? '')) return undefined
    throw error
  }
}

/** Gives what others held until the end. */
async function tryAgain(change: Change, options: ChangeOptions, skipped: string[], so: Changed): Promise<string[]> {
  const { writer, signal, patience } = options
  let left = skipped
  let since = performance.now()
  for (let next = FIRST_PAUSE; left.length > 0; next = Math.min(2 * next, LONGEST_PAUSE)) {
    if (performance.now() - since >= patience) break
    await pause(next, undefined, { signal }).catch(() => signal.throwIfAborted())
    const before = left.length
    left = await keptAmong(writer, await changeThem(change, options, left, so), change.wanted)
    if (left.length < before) since = performance.now()
  }
  return left
}

async function changeThem(
  change: Change,
  options: ChangeOptions,
  ids: readonly string[],
  so: Changed,
): Promise<string[]> {
  const left: string[] = []
  for (let from = 0; from < ids.length; from += AT_ONCE)
    left.push(...(await changeSome(change, options, ids.slice(from, from + AT_ONCE), so)))
  return left
}
