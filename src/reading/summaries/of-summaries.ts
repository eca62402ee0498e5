import type { OpenSnapshot } from '../../db/db.ts'
import type { Window } from '../../domain/analysis/window.ts'
import type { RowRules } from '../../domain/liveness.ts'
import { isOver } from '../is-over.ts'
import type { Opening } from '../opening.ts'
import { coverOfTrees } from './cover.ts'

/** How long one statement over summaries may take, ms; then trees are read. */
const PATIENCE = 2000

/** Asks trees that were summed up, if all of a window is, up to now. `checkedAt`: when the hour was looked at that was so longest ago. Null: they cannot answer, or not in time. */
export async function ofSummaries<T>(
  db: Opening,
  window: Window,
  rules: RowRules,
  ask: (snapshot: OpenSnapshot, checkedAt: string) => Promise<T>,
): Promise<T | null> {
  if (!rules.summaries) return null
  const snapshot = await db.open(PATIENCE)
  try {
    const cover = await coverOfTrees(snapshot, window, rules)
    return cover?.current && cover.examinedFrom === null ? await ask(snapshot, cover.checkedAt) : null
  } catch (error) {
    if (isOver(error)) return null
    throw error
  } finally {
    await snapshot.close()
  }
}
