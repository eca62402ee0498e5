import type { Queryable } from '../../db/db.ts'
import { rollupUse, type RollupUse } from '../../domain/rollup/use.ts'
import { rollupRights } from '../../queries/rollups/rights.ts'

/** Decides whether rollups are read and kept, from what ROLLUPS asks for and what the role of this session may do. Reads catalogues alone. */
export async function decideRollups(db: Queryable, asked: 'on' | 'off'): Promise<RollupUse> {
  return rollupUse(asked, await rollupRights(db))
}
