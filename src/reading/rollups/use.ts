import type { Queryable } from '../../db/db.ts'
import type { OwnTables } from '../../domain/rollup/own-tables.ts'
import { rollupUse, type RollupUse } from '../../domain/rollup/use.ts'
import { ownTableRights } from '../../queries/rollups/rights.ts'

/** Decides whether what these tables hold is read and kept, from what ROLLUPS asks for and what the role of this session may do. Reads catalogues alone. */
export async function decideRollups(db: Queryable, asked: 'on' | 'off', tables: OwnTables): Promise<RollupUse> {
  return rollupUse(asked, tables, await ownTableRights(db, tables))
}
