import type { Queryable } from '../db/db.ts'
import { sql } from '../db/sql.ts'

/** Resolves when the database answers. */
export async function ping(db: Queryable): Promise<void> {
  await db.query(sql`select 1`)
}

/** Is there anything to show? */
export async function anyInvocation(db: Queryable): Promise<boolean> {
  const rows = await db.query(sql`
select 1
  from invocations
 limit 1`)
  return rows.length > 0
}
