import type { Queryable } from '../../db/db.ts'
import { rollupTables } from '../../domain/rollup/own-tables.ts'
import { uncountHoursOf } from '../../queries/rollups/hours.ts'
import { ownTableRights } from '../../queries/rollups/rights.ts'

/**
 * Marks the hours of these invocations as not counted, because their links have changed: they are counted before all others, and read from their rows until then.
 * Where this role may not write that, the hours are counted again in their turn. Belongs into the transaction that changes the links.
 */
export async function uncountWhereLinksChanged(session: Queryable, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return
  const { there, keep } = await ownTableRights(session, rollupTables)
  if (there && keep) await uncountHoursOf(session, ids)
}
