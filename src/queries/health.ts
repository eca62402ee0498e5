import type { Queryable } from '../db/db.ts'
import { sql } from '../db/sql.ts'

/** Resolves when the database answers. */
export async function ping(db: Queryable): Promise<void> {
  await db.query(sql`select 1`)
}
