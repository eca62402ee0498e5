import type { Queryable } from '../../db/db.ts'
import { sql, type Sql } from '../../db/sql.ts'
import type { LinkPath } from '../../domain/link/paths.ts'
import type { LinkWay } from '../../domain/link/way.ts'
import type { AncestorRow } from '../../domain/tree/ancestors.ts'
import { selected } from '../columns.ts'
import { linkOfInvocation, sourceJobId } from '../effective-link.ts'
import { linkFacts, type LinkFactsRow } from '../link.ts'

/** A row of a climb; `linkFacts`: of the one without a source job, by which its link is told; null of all others. */
export type ClimbedRow = AncestorRow & { linkFacts: LinkFactsRow | null }

/** Of a row `up` of a climb. */
export function climbedColumns(paths: readonly LinkPath[] | null, way: LinkWay) {
  return {
    id: sql`up.id`,
    sourceJobId: sql`up.source_job_id`,
    sourceFunction: sql`up.source_function`,
    createdAt: sql`up.created_at`,
    jobId: sql`up.job_id`,
    jobName: sql`up.job_name`,
    linkFacts: sql`case when up.source_job_id is null then ${linkFacts(sql`up.id`, paths, way)} end`,
  } satisfies Record<keyof ClimbedRow, Sql>
}

/**
 * `up`, for `with recursive`: an invocation, by its id or that of one of its jobs, and all above it, each with the job by which it triggered the one below, in no order.
 * `once`: what was seen before is dropped (`union` without a depth column), so a cycle ends by itself (the CYCLE clause is quadratic: 2.8 s at 5,000 levels). `again`: it is not,
 * which costs no table of what was seen, and a limit ends a cycle.
 */
export function climb(id: Sql, way: LinkWay, seen: 'once' | 'again' = 'once'): Sql {
  return sql`up as (
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
   ${seen === 'once' ? sql`union` : sql`union all`}
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
)`
}

/** All rows of a climb, up to a limit. */
export function ancestorRows(
  db: Queryable,
  id: string,
  limit: number,
  paths: readonly LinkPath[] | null,
  way: LinkWay,
): Promise<ClimbedRow[]> {
  return db.query<ClimbedRow>(sql`
with recursive ${climb(sql`${id}`, way)}
select ${selected(climbedColumns(paths, way))}
  from up
 limit ${limit}`)
}
