import type { Queryable } from '../db/db.ts'
import { identifier, sql } from '../db/sql.ts'

/** So many words of a status are looked for. */
const MOST = 50

/**
 * The words that the statuses of a table hold, up to 50. The next larger one is looked up each time, which an index on status answers at once: to read
 * them all would take a scan of the table.
 */
export async function heldStatuses(db: Queryable, table: string): Promise<string[]> {
  const rows = await db.query<{ status: string }>(sql`
with recursive held as (
  (select t.status
     from public.${identifier(table)} t
    order by t.status
    limit 1)
   union all
  select n.status
    from held h
   cross join lateral (
         select t.status
           from public.${identifier(table)} t
          where t.status > h.status
          order by t.status
          limit 1) n
)
select h.status::text as status
  from held h
 limit ${MOST}`)
  return rows.map(({ status }) => status)
}
