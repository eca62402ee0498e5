import type { Queryable } from '../../db/db.ts'
import { sql, where } from '../../db/sql.ts'
import type { Position } from './kept.ts'

/** How many rows were removed, how many links turned out to lead to a job that is gone, and how far was looked; null: to the end. */
export interface Swept {
  removed: number
  severed: number
  end: Position | null
}

/**
 * Among the next `limit` rows of ours after a position: removes those of deleted invocations, and notes as severed those whose job was deleted.
 * Where there is no foreign key the column still holds that job, and the link stays mended, or it could not be taken back.
 */
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
), severed as (
  update public.observability_links l
     set state = 'severed',
         decided_at = clock_timestamp()
    from looked k
   where l.invocation_id = k.invocation_id
     and l.state in ('recovered', 'mended')
     and exists (
           select from public.invocations i
            where i.id = k.invocation_id
              and i.source_job_id is distinct from l.job_id)
     and not exists (
           select from public.job_executions j
            where j.id = l.job_id)
  returning 1
)
select (select count(*)::int from removed) as removed,
       (select count(*)::int from severed) as severed,
       (select json_build_object('createdAt', k.created_at::text, 'id', k.invocation_id)
          from looked k
         where (select count(*) from looked) = ${limit}
         order by k.created_at desc, k.invocation_id desc
         limit 1) as end`)
  return row ?? { removed: 0, severed: 0, end: null }
}
