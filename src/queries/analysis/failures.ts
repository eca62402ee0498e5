import type { Queryable } from '../../db/db.ts'
import { sql, type Sql } from '../../db/sql.ts'
import type { FailureRow } from '../../domain/analysis/failures.ts'
import type { Parentage } from '../../domain/analysis/roots.ts'
import type { Window } from '../../domain/analysis/window.ts'
import type { LinkWay } from '../../domain/link/way.ts'
import { messageOf } from '../column-types.ts'
import { crashedEvent, hasCrashed, hasFailed } from '../outcome.ts'
import { triggeringJob } from './triggering-job.ts'
import { nameOf, within } from './within.ts'

/**
 * The newest failures of a window, up to a limit, those with the same message together: jobs and events by their own created_at, and invocations that failed and of
 * which neither a job nor an event says why, or that have a message of their own.
 */
export function failureRows(db: Queryable, window: Window, limit: number): Promise<FailureRow[]> {
  return db.query<FailureRow>(sql`
select f.kind,
       f.name,
       f.message,
       count(*)::int as count,
       min(f.at) as "firstSeen",
       max(f.at) as "lastSeen",
       (array_agg(concat_ws(' ', f.id, f.invocation_id, f.at) order by f.at desc, f.id desc))[1:3] as newest,
       array_agg(distinct f.invocation_id) as "invocationIds"
  from (select a.kind,
               a.name,
               a.message,
               a.id,
               a.invocation_id,
               a.at
          from (select 'job' as kind,
                       ${nameOf(sql`j.job_name`)} as name,
                       ${messageOf(sql`j.error_message`)} collate "C" as message,
                       j.id,
                       j.invocation_id,
                       j.created_at as at
                  from public.job_executions j
                 where ${hasFailed(sql`j.status`)}
                   and ${within(sql`j.created_at`, window)}
                 union all
                select 'event',
                       ${nameOf(sql`e.event_name`)},
                       ${messageOf(sql`e.detection_error`, sql`e.handler_error`)} collate "C",
                       e.id,
                       e.invocation_id,
                       e.created_at
                  from public.event_executions e
                 where ${crashedEvent}
                   and ${within(sql`e.created_at`, window)}
                 union all
                select 'function',
                       ${nameOf(sql`i.source_function`)},
                       ${messageOf(sql`i.error_message`)} collate "C",
                       i.id,
                       i.id,
                       i.created_at
                  from public.invocations i
                 where ${hasFailed(sql`i.status`)}
                   and ${within(sql`i.created_at`, window)}
                   and ${hasCrashed(sql`i.id`)} is null
                   and (i.error_message is not null
                    or not exists (
                       select
                         from public.job_executions j
                        where j.invocation_id = i.id
                          and ${hasFailed(sql`j.status`)}))) a
         order by a.at desc
         limit ${limit}) f
 group by f.kind, f.name, f.message`)
}

/** Who triggered these invocations, and who those, up to the roots; at most so many pairs. `union` drops what was seen before, so a cycle ends by itself. */
export function parentages(db: Queryable, ids: readonly string[], limit: number, way: LinkWay): Promise<Parentage[]> {
  return db.query<Parentage>(sql`
with recursive up as (
  select a.id,
         p.parent_id
    from unnest(${[...ids]}::uuid[]) a (id)
   cross join lateral (${parentOf(sql`a.id`, way)}) p
   union
  select u.parent_id,
         p.parent_id
    from up u
   cross join lateral (${parentOf(sql`u.parent_id`, way)}) p
)
select id,
       parent_id as "parentId"
  from up
 limit ${limit}`)
}

/** Its limit makes it a lookup for each invocation: for 300 of them the planner read all jobs, which took 40 ms among 20,000 invocations instead of 5, and grew with the table. */
function parentOf(invocationId: Sql, way: LinkWay): Sql {
  return sql`
       select j.invocation_id as parent_id
         from public.invocations i
       ${triggeringJob[way]}
        where i.id = ${invocationId}
        limit 1`
}

/** The messages of these failures, each the id of a job, an event or an invocation. */
export function failureMessages(
  db: Queryable,
  ids: readonly string[],
): Promise<Array<{ id: string; message: string | null }>> {
  const wanted = sql`any(${[...ids]}::uuid[])`
  return db.query<{ id: string; message: string | null }>(sql`
select j.id,
       ${messageOf(sql`j.error_message`)} as message
  from public.job_executions j
 where j.id = ${wanted}
 union all
select e.id,
       ${messageOf(sql`e.detection_error`, sql`e.handler_error`)}
  from public.event_executions e
 where e.id = ${wanted}
 union all
select i.id,
       ${messageOf(sql`i.error_message`)}
  from public.invocations i
 where i.id = ${wanted}`)
}
