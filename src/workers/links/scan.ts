import { setTimeout as pause } from 'node:timers/promises'
import type { Session, Writer } from '../../db/db.ts'
import { nextBatchSize } from '../../domain/link/batch-size.ts'
import { addTally, emptyTally, type Tally } from '../../domain/link/tally.ts'
import type { Position, Window } from '../../queries/recovery/kept.ts'
import type { Lease } from '../../queries/recovery/lease.ts'
import { beginScan, estimatedRows, noteScan, unfinishedScan } from '../../queries/recovery/scans.ts'
import { checkLease, underLease } from '../lease.ts'
import { examineNext, type Examiner } from './examine.ts'

export interface ScanOptions {
  writer: Writer
  examiner: Examiner
  window: Window
  signal: AbortSignal
  /** Invocations a second at most; undefined: as fast as it goes. */
  rate?: number | undefined
  /** Invocations of a batch at most; default 5,000. */
  most?: number | undefined
  /** Hears about how many invocations there are in all, and then after each batch how many have been examined. */
  progress?: ((examined: number, total: number) => void) | undefined
}

/** Under which lease and name a search keeps what it finds, and how far it has come. */
export interface Keeping {
  lease: Lease
  name: string
  /** Hears when an earlier search of this name, which was not finished, is gone on with, and its window. */
  resumed?: (startedAt: string, window: Window) => void
}

/** Rows of a batch: the first one tells how long some take. */
const FIRST = 200
const MOST = 5000
/** A batch may meet payloads of 700 KB; ms. Nothing here waits for the writer. */
const TIMEOUTS = { statementTimeout: 60_000, lockTimeout: 1000 }

/**
 * Examines all invocations of a window, the oldest first, in batches of about 40 ms, each in a transaction of its own. With `keeping`, what a batch
 * found and how far it came are written together, under the lease: a search that was killed goes on where it was. Without, nothing is written.
 * Throws LeaseLost.
 */
export async function scanLinks(options: ScanOptions, keeping?: Keeping): Promise<Tally> {
  const { writer, signal, rate = Infinity, most: given = MOST, progress } = options
  const scan = keeping === undefined ? fresh(options) : await begin(options, keeping)
  const { tally } = scan
  const total = tally.examined + (await estimatedRows(writer, scan.window, scan.position))
  progress?.(tally.examined, total)
  const most = Math.min(given, rate)
  let size = Math.min(FIRST, most)
  for (let position = scan.position; ;) {
    signal.throwIfAborted()
    const began = performance.now()
    const work = (session: Session) => batch(session, options, { ...scan, position }, size, keeping?.name)
    const { looked, end } = await (keeping === undefined
      ? writer.transaction(work, TIMEOUTS)
      : underLease(writer, keeping.lease, work, TIMEOUTS))
    const took = performance.now() - began
    progress?.(tally.examined, total)
    if (end === null) return tally
    position = end
    size = nextBatchSize(size, took, most)
    const early = (looked / rate) * 1000 - took
    // What aborts is told at the next turn.
    if (early > 0) await pause(early, undefined, { signal }).catch(() => undefined)
  }
}

interface Under {
  window: Window
  position: Position | null
  tally: Tally
}

function fresh({ window }: ScanOptions): Under {
  return { window, position: null, tally: emptyTally() }
}

async function begin(options: ScanOptions, { lease, name, resumed }: Keeping): Promise<Under> {
  const { writer, examiner, window } = options
  return writer.transaction(async (session) => {
    await checkLease(session, lease)
    const scan = await unfinishedScan(session, name, examiner.rule)
    if (scan === undefined) {
      const under = fresh(options)
      await beginScan(session, name, examiner.rule, window, under.tally)
      return under
    }
    // Up to the end that is asked for now: what has arrived since belongs to it.
    const under = { ...scan, window: { from: scan.window.from, to: window.to } }
    resumed?.(scan.startedAt, under.window)
    return under
  })
}

/** Counts into the tally once everything is written: a batch that fails has counted nothing. */
async function batch(
  session: Session,
  { examiner }: ScanOptions,
  { window, position, tally }: Under,
  size: number,
  name: string | undefined,
): Promise<{ looked: number; end: Position | null }> {
  const found = await examineNext(session, examiner, window, position, size)
  const sum = structuredClone(tally)
  addTally(sum, found.tally)
  if (name !== undefined) await noteScan(session, name, found.end, sum)
  Object.assign(tally, sum)
  return { looked: found.tally.examined, end: found.end }
}
