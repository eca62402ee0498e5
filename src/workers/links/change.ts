import { setTimeout as pause } from 'node:timers/promises'
import { nextBatchSize } from '../../domain/link/batch-size.ts'
import { keptAmong, keptRows, type Position } from '../../queries/recovery/kept.ts'
import { changeSome, type Change, type Changed, type ChangeOptions } from './change-batch.ts'

const FIRST = 100
const MOST = 1000
/** Rows of a batch that is tried again. */
const AT_ONCE = 100
const FIRST_PAUSE = 100
const LONGEST_PAUSE = 2000

/**
 * Changes all kept links of a window that are wanted, in batches of about 40 ms, each in a transaction of its own that checks the lease first.
 * A batch that meets what others hold is repeated row by row, and rows that were skipped are tried again at the end. Throws LeaseLost.
 */
export async function changeLinks(change: Change, options: ChangeOptions): Promise<Changed> {
  const { writer, window, signal, rate = Infinity, progress } = options
  const so: Changed = { changed: 0, settled: 0, skipped: 0, refused: 0 }
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
