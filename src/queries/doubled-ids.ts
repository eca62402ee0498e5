import type { Queryable } from '../db/db.ts'
import { identifier, sql } from '../db/sql.ts'

/**
 * Of the three tables, as far as they are there, those in which nothing says that an id occurs once: no valid unique index on id alone covers all rows.
 * That of a table does not cover those that inherit from it; that of a partitioned one covers its partitions. Reads catalogues alone.
 */
export async function tablesWithoutKey(db: Queryable): Promise<string[]> {
  const rows = await db.query<{ table: string }>(sql`
select c.relname as "table"
  from pg_class c
  join pg_attribute a
    on a.attrelid = c.oid
   and a.attname = 'id'
 where c.oid = any(array[to_regclass('public.invocations'), to_regclass('public.event_executions'), to_regclass('public.job_executions')])
   and (not exists (
             select
               from pg_index x
              where x.indrelid = c.oid
                and x.indisunique
                and x.indisvalid
                and x.indpred is null
                and x.indnkeyatts = 1
                and x.indkey[0] = a.attnum)
        or (c.relkind = 'r' and exists (
             select
               from pg_inherits h
              where h.inhparent = c.oid)))
 order by c.relname`)
  return rows.map(({ table }) => table)
}

/** An id that occurs more than once, and how often; undefined: none does. Reads the whole table, or its index on id. */
export async function doubledId(db: Queryable, table: string): Promise<{ id: string; count: string } | undefined> {
  const [row] = await db.query<{ id: string; count: string }>(sql`
select t.id,
       count(*)::text as count
  from public.${identifier(table)} t
 group by t.id
having count(*) > 1
 limit 1`)
  return row
}
