import type { Queryable } from '../../db/db.ts'
import { sql } from '../../db/sql.ts'

/** How large the tables of rollups are, with their indexes, in bytes. */
export async function rollupBytes(db: Queryable): Promise<number> {
  const [row] = await db.query<{ bytes: number }>(sql`
select (pg_total_relation_size('public.observability_hours') + pg_total_relation_size('public.observability_rollups'))::float8 as bytes`)
  return row?.bytes ?? 0
}
