import type { Queryable } from '../../db/db.ts'
import { sql } from '../../db/sql.ts'
import type { LinkPath } from '../../domain/link/paths.ts'
import type { LinkWay } from '../../domain/link/way.ts'
import type { AncestorRow } from '../../domain/tree/ancestors.ts'
import { linkOfInvocation, sourceJobId } from '../effective-link.ts'
import { linkFacts, type LinkFactsRow } from '../link.ts'

/**
 * An invocation, by its id or that of one of its jobs, and all above it, each with the job by which it triggered the one below, in no order; up to a limit. `union` without a depth
 * column drops what was seen before, so a cycle ends by itself (the CYCLE clause is quadratic: 2.8 s at 5,000 levels).
 * `linkFacts`: of the one without a source job, by which its link is told; null of all others.
 */
export function ancestorRows(
  db: Queryable,
  id: string,
  limit: number,
  paths: readonly LinkPath[] | null,
  way: LinkWay,
): Promise<Array<AncestorRow & { linkFacts: LinkFactsRow | null }>> {
  return db.query<AncestorRow & { linkFacts: LinkFactsRow | null }>(sql`
with recursive up as (
  select i.id,
         ${sourceJobId[way]} as source_job_id,
         i.source_function::text as source_function,
         i.created_at,
         null::uuid as job_id,
         null::text collate "default" as job_name
    from public.invocations i${linkOfInvocation[way]}
   where i.id = coalesce(
         (select o.id from public.invocations o where o.id = ${id}::uuid),
         (select j.invocation_id from public.job_executions j where j.id = ${id}::uuid))
   union
  select i.id,
         ${sourceJobId[way]},
         i.source_function::text,
         i.created_at,
         j.id,
         j.job_name::text collate "default"
    from up
    join public.job_executions j
      on j.id = up.source_job_id
    join public.invocations i
      on i.id = j.invocation_id${linkOfInvocation[way]}
)
select id,
       source_job_id as "sourceJobId",
       source_function as "sourceFunction",
       created_at as "createdAt",
       job_id as "jobId",
       job_name as "jobName",
       case when source_job_id is null then ${linkFacts(sql`up.id`, paths, way)} end as "linkFacts"
  from up
 limit ${limit}`)
}
