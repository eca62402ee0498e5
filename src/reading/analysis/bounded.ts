import type { Snapshot } from '../../db/db.ts'
import { instant } from '../../domain/instant.ts'
import type { Window } from '../../domain/analysis/window.ts'
import { isOver } from '../is-over.ts'
import type { Opening } from '../opening.ts'
import { planEachWindow, startOfNewest } from '../../queries/analysis/within.ts'

export type { Opening }

/** How much of a window is looked at: the newest so many rows (null: all), in statements that may take so many ms each. */
export interface Bound {
  rows: number | null
  statementTimeout: number
}

/** All of the window, or where that takes longer than 2 s, its newest rows. The last try is no longer than what people wait for. */
const bounds: readonly Bound[] = [
  { rows: null, statementTimeout: 2000 },
  { rows: 100_000, statementTimeout: 1000 },
  { rows: 10_000, statementTimeout: 1000 },
]

/** What was looked at. */
export interface Looked {
  /** The part of the window that was; all figures are of it alone. */
  stretch: Window
  /** It is not all of the window. */
  sampled: boolean
  /** The newest so many rows at most were to be looked at; null: all. */
  rows: number | null
  snapshot: Snapshot
}

/** Asks for all of a window, and for less of it where that took too long. Throws what the last try threw. `table`: whose rows are counted. */
export async function withinBounds<T>(
  db: Opening,
  table: 'invocations' | 'job_executions',
  { from, to }: Window,
  ask: (looked: Looked) => Promise<T>,
  tries: readonly Bound[] = bounds,
): Promise<T> {
  for (const [nth, { rows, statementTimeout }] of tries.entries()) {
    const snapshot = await db.open(statementTimeout)
    try {
      await planEachWindow(snapshot)
      const start = rows === null ? null : await startOfNewest(snapshot, table, { from, to }, rows)
      const stretch = { from: start === null ? from : instant(start), to }
      return await ask({ snapshot, stretch, sampled: start !== null, rows })
    } catch (error) {
      if (nth === tries.length - 1 || !isOver(error)) throw error
    } finally {
      await snapshot.close()
    }
  }
  throw new Error('no bound was given')
}
