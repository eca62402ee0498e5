import type { Queryable, Snapshot } from '../db/db.ts'
import { empty, sql, type Sql } from '../db/sql.ts'
import type { Reach, TreeRow } from '../domain/tree-row.ts'
import { carried, invocationColumns } from './invocations.ts'

const BATCH = 500

/**
 * The tree below an invocation, level by level and each level by (created_at, id), a row an invocation with its jobs in it.
 * Two index probes are all that it costs: one a node for its jobs, one a job for what that triggered. A level is numbered before
 * its jobs are read and cut where the tree reaches maxNodes, so what comes is the breadth-first front, however wide the rest is.
 * Every invocation has at most one parent, so a walk down can only return to its start: that one is left out.
 */
function treeStatement(start: string, reach: Reach): Sql {
  return sql`
with recursive walk as (
  select 0 as depth,
         null::uuid as "parentId",
         0::bigint as seen,
         1::bigint as size,
         ${carried(sql`i`)},
         j.ids as job_ids,
         j.data as jobs
    from (select ${invocationColumns}
            from invocations i
           where i.id = ${start}::uuid) i
   cross join lateral (${jobsOf(sql`i.id`, reach)}) j
   union all
  select c.depth,
         c."parentId",
         c.seen,
         c.size,
         ${carried(sql`c`)},
         j.ids,
         j.data
    from (select w.depth + 1 as depth,
                 w.id as "parentId",
                 w.seen + w.size as seen,
                 count(*) over () as size,
                 row_number() over (order by i."createdAt", i.id) as nth,
                 ${carried(sql`i`)}
            from walk w
           cross join lateral unnest(w.job_ids) as job (id)
           cross join lateral (
                 select ${invocationColumns}
                   from invocations i
                  where i.source_job_id = job.id
                    and i.id <> ${start}::uuid
                  order by i.created_at, i.id
                  limit ${reach.maxNodes}) i
           where w.depth < ${reach.maxDepth}
             and w.seen + w.size < ${reach.maxNodes}) c
   cross join lateral (${jobsOf(sql`c.id`, reach)}) j
   where c.seen + c.nth <= ${reach.maxNodes}
)
select w.depth,
       w."parentId",
       w.seen::int,
       w.size::int,
       ${carried(sql`w`)},
       w.jobs,
       case when cardinality(w.job_ids) = ${reach.maxJobs}
            then (select count(*)::int
                    from job_executions j
                   where j.invocation_id = w.id)
       end as "jobsInAll",
       case when w.depth >= ${reach.maxDepth} or w.seen + w.size >= ${reach.maxNodes}
            then (select count(*)::int
                    from unnest(w.job_ids) as job (id)
                    join invocations i
                      on i.source_job_id = job.id
                     and i.id <> ${start}::uuid)
            else 0
       end as omitted${reach.events ? sql`,
       e.detected,
       e.undetected,
       e.data as events` : empty}
  from walk w
 ${reach.events ? sql`cross join lateral (${eventsOf(sql`w.id`, reach)}) e` : empty}`
}

/** All rows of a tree at once, planned once a connection: planning costs 2 ms, as much as walking 100 nodes. */
export async function* treeRows(db: Queryable, start: string, reach: Reach): AsyncGenerator<TreeRow[]> {
  yield await db.query<TreeRow>(treeStatement(start, reach))
}

/** The rows of a tree of any size, read as they are taken. */
export function treeBatches(db: Snapshot, start: string, reach: Reach): AsyncIterable<TreeRow[]> {
  return db.batches<TreeRow>(treeStatement(start, reach), BATCH)
}

/** The first jobs of an invocation by (created_at, id), each an array: objects with names would double what is sent. */
function jobsOf(invocationId: Sql, { maxJobs }: Reach): Sql {
  return sql`
         select array_agg(t.id order by t.created_at, t.id) as ids,
                json_agg(json_build_array(t.id, t.job_name, t.job_function_name, t.status, t.duration_ms, t.created_at::text, t.error_message, t.event_execution_id, t.xmin::text)
                  order by t.created_at, t.id) as data
           from (select j.id,
                        j.job_name,
                        j.job_function_name,
                        j.status,
                        j.duration_ms,
                        j.created_at,
                        left(j.error_message, 500) as error_message,
                        j.event_execution_id,
                        j.xmin
                   from job_executions j
                  where j.invocation_id = ${invocationId}
                  order by j.created_at, j.id
                  limit ${maxJobs}) t`
}

function eventsOf(invocationId: Sql, { maxJobs }: Reach): Sql {
  return sql`
       select count(*) filter (where t.detected)::int as detected,
              count(*) filter (where not t.detected)::int as undetected,
              json_agg(json_build_array(t.id, t.event_name, t.status, t.created_at::text, t.detection_duration_ms, t.handler_duration_ms, t.error_message, t.xmin::text)
                order by t.created_at, t.id) filter (where t.detected and t.nth <= ${maxJobs}) as data
         from (select e.id,
                      e.event_name,
                      e.status,
                      e.detected,
                      e.created_at,
                      e.detection_duration_ms,
                      e.handler_duration_ms,
                      left(coalesce(e.detection_error, e.handler_error), 500) as error_message,
                      e.xmin,
                      row_number() over (partition by e.detected order by e.created_at, e.id) as nth
                 from event_executions e
                where e.invocation_id = ${invocationId}) t`
}

/** How many invocations each of these jobs triggered, the start of the walk apart. */
export function triggeredCounts(db: Queryable, start: string, jobIds: readonly string[]): Promise<Array<{ jobId: string; count: number }>> {
  return db.query<{ jobId: string; count: number }>(sql`
select job.id as "jobId",
       count(*)::int as count
  from unnest(${[...jobIds]}::uuid[]) as job (id)
  join invocations i
    on i.source_job_id = job.id
   and i.id <> ${start}::uuid
 group by job.id`)
}
