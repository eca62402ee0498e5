import type { Queryable } from '../../db/db.ts'
import { sql } from '../../db/sql.ts'
import type { PageRequest } from '../../domain/paging/page.ts'
import type { TreeSummaryRow } from '../../domain/tree/tree-summary.ts'
import { endOf } from '../column-types.ts'
import { carried, selected } from '../columns.ts'
import { invocationColumns } from '../invocations.ts'
import { hasFailed } from '../outcome.ts'
import { asText, matching, pageOf, pageOrder } from '../page.ts'

/**
 * Roots of a window with the figures of their trees. A root is an invocation without a source job, so no walk from one can meet a cycle.
 * The roots are cut first: each costs a walk of its own, which stops after `maxNodes` invocations and tells so in `cut`.
 */
export function rootRows(
  db: Queryable,
  filters: { rootFunction?: string[] },
  page: PageRequest,
  limit: number,
  maxNodes: number,
): Promise<TreeSummaryRow[]> {
  return db.query<TreeSummaryRow>(sql`
select ${carried(sql`r`, invocationColumns)},
       t.invocations,
       t."failedInvocations",
       t."runningInvocations",
       t.jobs,
       t."failedJobs",
       t."runningJobs",
       t."startedAt",
       t."endedAt",
       t.invocations >= ${maxNodes} as cut
  from (select ${selected(invocationColumns)}
          from public.invocations i
         ${pageOf({
           at: sql`i.created_at`,
           id: sql`i.id`,
           page,
           rows: limit,
           always: sql`i.source_job_id is null`,
           filters: matching(filters, { rootFunction: asText(sql`i.source_function`) }),
         })}) r
 cross join lateral (
       with recursive walk as (
         select i.id,
                i.status::text as status,
                i.created_at,
                i.total_duration_ms
           from public.invocations i
          where i.id = r.id
          union all
         select i.id,
                i.status::text as status,
                i.created_at,
                i.total_duration_ms
           from walk w
           join public.job_executions j
             on j.invocation_id = w.id
           join public.invocations i
             on i.source_job_id = j.id
       )
       select count(*)::int as invocations,
              count(*) filter (where ${hasFailed(sql`w.status`)})::int as "failedInvocations",
              count(*) filter (where w.status = 'running')::int as "runningInvocations",
              sum(j.count)::int as jobs,
              sum(j.failed)::int as "failedJobs",
              sum(j.running)::int as "runningJobs",
              least(min(w.created_at), min(j.started)) as "startedAt",
              greatest(max(${endOf(sql`w.created_at`, sql`w.total_duration_ms`)}), max(j.ended)) as "endedAt"
         from (select walk.id,
                      walk.status,
                      walk.created_at,
                      walk.total_duration_ms
                 from walk
                limit ${maxNodes}) w
        cross join lateral (
              select count(*) as count,
                     count(*) filter (where ${hasFailed(sql`j.status`)}) as failed,
                     count(*) filter (where j.status::text = 'running') as running,
                     min(j.created_at) as started,
                     max(${endOf(sql`j.created_at`, sql`j.duration_ms`)}) as ended
                from public.job_executions j
               where j.invocation_id = w.id) j) t
 ${pageOrder(sql`r."createdAt"`, sql`r.id`, page.order)}`)
}
