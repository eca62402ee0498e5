import type { Queryable } from '../../db/db.ts'
import { sql, where } from '../../db/sql.ts'
import type { Position } from './kept.ts'

/** How many rows were removed, and how far was looked; null: to the end. */
export interface Swept {
  removed: number
  end: Position | null
}

/** Removes the rows of deleted invocations among the next `limit` rows of ours after a position. */
export async function sweepKept(db: Queryable, after: Position | null, limit: number): Promise<Swept> {
  const [row] = await db.query<Swept>(sql`
with looked as materialized (
  select l.invocation_id,
         l.created_at
    from public.observability_links l
   ${where(after !== null && sql`(l.created_at, l.invocation_id) > (${after.createdAt}::timestamptz, ${after.id}::uuid)`)}
   order by l.created_at, l.invocation_id
   limit ${limit}
), removed as (
  delete from public.observability_links l
   using looked k
   where l.invocation_id = k.invocation_id
     and not exists (
           select from public.invocations i
            where i.id = k.invocation_id)
  returning 1
)
select (select count(*)::int from removed) as removed,
       (select json_build_object('createdAt', k.created_at::text, 'id', k.invocation_id)
          from looked k
         where (select count(*) from looked) = ${limit}
         order by k.created_at desc, k.invocation_id desc
         limit 1) as end`)
  return row ?? { removed: 0, end: null }
}
