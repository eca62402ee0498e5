import type { Queryable } from '../../db/db.ts'
import { sql, where } from '../../db/sql.ts'

/** `removed`: rows; `end`: the invocation up to which was looked; null: there is none beyond. */
export interface SweptIndex {
  removed: number
  end: string | null
}

/** Among the next `limit` rows of the index, in the order of their invocations, removes those of invocations that were deleted, or began before the time that the index reaches back to. */
export async function sweepIndex(db: Queryable, after: string | null, limit: number): Promise<SweptIndex> {
  const [swept] = await db.query<SweptIndex>(sql`
with reach as materialized (
  select coalesce(min(r.from_at), '-infinity') as from_at
    from public.observability_search_reach r
), looked as materialized (
  select s.invocation_id
    from public.observability_search s
   ${where(after !== null && sql`s.invocation_id > ${after}::uuid`)}
   order by s.invocation_id
   limit ${limit}
), gone as materialized (
  select distinct k.invocation_id
    from looked k
    left join lateral (
         select i.id
           from public.invocations i
          where i.id = k.invocation_id
            and i.created_at >= (select r.from_at from reach r)
          limit 1) i
      on true
   where i.id is null
), removed as (
  delete from public.observability_search s
   using gone g
   where s.invocation_id = g.invocation_id
  returning 1
)
select (select count(*)::int from removed) as removed,
       (select k.invocation_id
          from looked k
         where (select count(*) from looked) = ${limit}
         order by k.invocation_id desc
         limit 1) as end`)
  return swept ?? { removed: 0, end: null }
}

/** How many rows the index holds, by the planner's statistics, and how large it is, in bytes. */
export async function indexSize(db: Queryable): Promise<{ rows: number; bytes: number }> {
  const [size] = await db.query<{ rows: number; bytes: number }>(sql`
select greatest(c.reltuples, 0)::float8 as rows,
       pg_total_relation_size(c.oid)::float8 as bytes
  from pg_class c
 where c.oid = to_regclass('public.observability_search')`)
  return size ?? { rows: 0, bytes: 0 }
}
