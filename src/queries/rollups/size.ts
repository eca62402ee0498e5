import type { Queryable } from '../../db/db.ts'
import { sql } from '../../db/sql.ts'
import type { OwnTables } from '../../domain/rollup/own-tables.ts'

/** How large these tables are, with their indexes, in bytes. */
export async function tableBytes(db: Queryable, { names }: OwnTables): Promise<number> {
  const [row] = await db.query<{ bytes: number }>(sql`
select coalesce(sum(pg_total_relation_size(c.oid)), 0)::float8 as bytes
  from pg_class c
 where c.relnamespace = to_regnamespace('public')
   and c.relname = any(${[...names]}::text[])`)
  return row?.bytes ?? 0
}
