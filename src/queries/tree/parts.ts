import type { Queryable } from '../../db/db.ts'
import { sql, type Sql } from '../../db/sql.ts'
import type { NodeEventsRow, NodeJobRow, TreeLimits, TriggeredCount } from '../../domain/tree/row.ts'
import { messageOf } from '../column-types.ts'
import { versionOf } from '../version.ts'

/** The jobs of these invocations (`ids`: an array of uuid) that a tree shows: of each the first ones by (created_at, id). */
export function shownJobs(ids: Sql, { maxJobs }: TreeLimits): Sql {
  return sql`
       select t.*
         from (select j.id,
                      j.invocation_id,
                      j.event_execution_id,
                      j.job_name::text as job_name,
                      j.job_function_name::text as job_function_name,
                      j.status::text as status,
                      j.duration_ms,
                      j.created_at,
                      ${messageOf(sql`j.error_message`)} as error_message,
                      ${versionOf(sql`j`)} as version,
                      row_number() over (partition by j.invocation_id order by j.created_at, j.id) as nth
                 from public.job_executions j
                where j.invocation_id = any(${ids})) t
        where t.nth <= ${maxJobs}`
}

/** The jobs of a batch of nodes, those of each by (created_at, id). */
export function jobsOfNodes(db: Queryable, ids: readonly string[], reach: TreeLimits): Promise<NodeJobRow[]> {
  return db.query<NodeJobRow>(sql`
select j.id,
       concat(j.invocation_id, ',', j.event_execution_id, ',', j.created_at, ',', j.duration_ms, ',', j.version) as packed,
       j.status,
       j.job_name as name,
       j.job_function_name as "functionName",
       j.error_message as "errorMessage"
  from (${shownJobs(sql`${[...ids]}::uuid[]`, reach)}) j
 order by j.invocation_id, j.created_at, j.id`)
}

/** How many jobs each of these invocations has. */
export function jobCounts(db: Queryable, ids: readonly string[]): Promise<Array<{ invocationId: string; count: number }>> {
  return db.query<{ invocationId: string; count: number }>(sql`
select j.invocation_id as "invocationId",
       count(*)::int as count
  from public.job_executions j
 where j.invocation_id = any(${[...ids]}::uuid[])
 group by j.invocation_id`)
}

/** Of so many invocations that a job triggered it is looked up whether they triggered something themselves. */
const LOOKED_BELOW = 100

/**
 * How many invocations each of these jobs triggered, the start of the walk apart, and how many stand below those: 0, or null where that is
 * not known, for only a walk would tell. Jobs that triggered none are left out.
 */
export function triggeredCounts(db: Queryable, start: string, jobIds: readonly string[]): Promise<TriggeredCount[]> {
  return db.query<TriggeredCount>(sql`
select t."jobId",
       t.count,
       case when t.count <= ${LOOKED_BELOW} and b.id is null then 0 end as below
  from (select i.source_job_id as "jobId",
               count(*)::int as count
          from public.invocations i
         where i.source_job_id = any(${[...jobIds]}::uuid[])
           and i.id <> ${start}::uuid
         group by i.source_job_id) t
  left join lateral (
       select b.id
         from public.invocations i
         join public.job_executions j
           on j.invocation_id = i.id
         join public.invocations b
           on b.source_job_id = j.id
        where t.count <= ${LOOKED_BELOW}
          and i.source_job_id = t."jobId"
          and i.id <> ${start}::uuid
          and b.id <> ${start}::uuid
        limit 1) b
    on true`)
}

/** The events of a batch of nodes. Those of one invocation are few, so each is sorted by itself. */
export function eventsOfNodes(db: Queryable, ids: readonly string[], { maxJobs }: TreeLimits): Promise<NodeEventsRow[]> {
  return db.query<NodeEventsRow>(sql`
select n.id as "invocationId",
       e.detected,
       e.undetected,
       e.data
  from unnest(${[...ids]}::uuid[]) as n (id)
 cross join lateral (
       select count(*) filter (where t.detected)::int as detected,
              count(*) filter (where not t.detected)::int as undetected,
              json_agg(json_build_array(t.id, t.event_name, t.status, t.created_at::text, t.detection_duration_ms, t.handler_duration_ms, t.error_message, t.version)
                order by t.created_at, t.id) filter (where t.detected and t.nth <= ${maxJobs}) as data
         from (select e.id,
                      e.event_name::text as event_name,
                      e.status::text as status,
                      e.detected,
                      e.created_at,
                      e.detection_duration_ms,
                      e.handler_duration_ms,
                      ${messageOf(sql`e.detection_error`, sql`e.handler_error`)} as error_message,
                      ${versionOf(sql`e`)} as version,
                      row_number() over (partition by e.detected order by e.created_at, e.id) as nth
                 from public.event_executions e
                where e.invocation_id = n.id) t) e`)
}
