import type { Session } from '../../db/db.ts'
import { addMs } from '../../domain/instant.ts'
import type { RowRules } from '../../domain/liveness.ts'
import { HOUR } from '../../domain/rollup/cover.ts'
import { KEPT_HOURS } from '../../domain/rollup/due.ts'
import { databaseClock } from '../../queries/as-of.ts'
import { noteTreeHour } from '../../queries/summaries/hours.ts'
import { keepTrees, removeGoneTrees, removeOldTrees } from '../../queries/summaries/store.ts'
import { lookUpByIndex } from '../../queries/tree/by-index.ts'
import { startRows, type StartRow } from '../../queries/tree/forest.ts'
import { summedBy, sumTrees } from '../../reading/summaries/sum-trees.ts'

/** Trees that are summed up at once; most have 1 to 100 invocations. */
const BATCH = 200

/**
 * Sums up the trees that began within an hour (the instant of its beginning), in place of what was kept of them, and removes those that are gone.
 * Belongs into a transaction that holds the lease (checkLease).
 */
export async function sumHour(session: Session, hour: string, rules: RowRules, signal?: AbortSignal): Promise<void> {
  const began = performance.now()
  await lookUpByIndex(session)
  const asOf = await databaseClock(session)
  const window = { from: hour, to: addMs(hour, HOUR) }
  let after: StartRow | null = null
  for (;;) {
    signal?.throwIfAborted()
    const found: StartRow[] = await startRows(
      session,
      { window, functions: null, roots: true },
      { after, limit: BATCH },
      rules.linkWay,
    )
    await keepTrees(session, await sumTrees(session, idsOf(found), asOf, rules))
    if (found.length < BATCH) break
    after = found.at(-1) ?? null
  }
  await removeGoneTrees(session, window, rules.linkWay)
  await removeOldTrees(session, KEPT_HOURS)
  await noteTreeHour(session, hour, summedBy(rules), Math.ceil(performance.now() - began))
}

export function idsOf(rows: readonly StartRow[]): string[] {
  return rows.map(({ id }) => id)
}
