import type { Queryable } from '../../db/db.ts'
import { join, sql, type Sql } from '../../db/sql.ts'
import { timestamptz } from '../../db/timestamp.ts'
import type { RunsRow } from '../../domain/analysis/runs.ts'
import type { BucketRow, StatsKind } from '../../domain/analysis/stats.ts'
import type { Window } from '../../domain/analysis/window.ts'
import { crashedEvent, crashesOf, hasFailed, type CrashLook } from '../outcome.ts'
import { durationOf, MOST_GROUPS, nameOf, within } from './within.ts'

/**
 * The figures of the runs of each name in a window, the most frequent first; one group more than MOST_GROUPS tells that there are more. Percentiles are exact, by
 * nearest rank, as percentile_disc has them; but that sorts all rows, where most of them share a duration with others: runs are counted by duration first, which
 * a hash does, and only these counts are sorted. Events belong to the window in which their invocation began: only those that were detected have an index by time.
 */
export function runRows(db: Queryable, kind: StatsKind, window: Window): Promise<RunsRow[]> {
  return db.query<RunsRow>(sql`
select c.name,
       sum(c.runs)::int as runs,
       sum(c.failed)::int as failed,
       sum(c.crashed)::int as crashed,
       case when max(c.timed) > 0 then array[${rank(0.5)}, ${rank(0.95)}, ${rank(0.99)}] end as percentiles,
       sum(c.duration * c.of_duration) as "totalMs",
       max(c.last_at) as "lastAt",
       sum(c.checked)::int as checked
  from (select d.name,
               d.duration,
               d.runs,
               d.failed,
               d.crashed,
               d.last_at,
               d.checked,
               d.of_duration,
               sum(d.of_duration) over (partition by d.name order by d.duration) as up_to,
               sum(d.of_duration) over (partition by d.name) as timed
          from (select r.name,
                       r.duration,
                       count(*) filter (where r.ran) as runs,
                       count(*) filter (where r.failed or r.crashed) as failed,
                       count(*) filter (where r.crashed) as crashed,
                       max(r.at) filter (where r.ran) as last_at,
                       count(*) as checked,
                       count(r.duration) as of_duration
                  from (${runsOf[kind](window, 'all')}) r
                 group by r.name, r.duration) d) c
 group by c.name
 order by runs desc, c.name
 limit ${MOST_GROUPS + 1}`)
}

/** The smallest duration that so large a part of all does not exceed. */
function rank(part: number): Sql {
  return sql`min(c.duration) filter (where c.up_to >= ceil(${part}::float8 * c.timed))`
}

/** The same of some names, by bucket: `starts` are the instants at which buckets begin. Those in which nothing ran are left out. */
export function bucketRows(
  db: Queryable,
  kind: StatsKind,
  window: Window,
  names: readonly string[],
  starts: readonly string[],
): Promise<BucketRow[]> {
  return db.query<BucketRow>(sql`
select r.name,
       width_bucket(r.at, array[${join(starts.map(timestamptz))}]) as bucket,
       count(*)::int as runs,
       count(*) filter (where r.failed or r.crashed)::int as failed,
       percentile_disc(0.95) within group (order by r.duration) as p95
  from (${runsOf[kind](window, 'all')}) r
 where r.ran
   and r.name = any(${[...names]}::text[])
 group by 1, 2`)
}

/** The runs of a kind in a window: whether each `ran`, failed and crashed, its duration, and the instant `at` which it belongs to the window. */
export const runsOf: Record<StatsKind, (window: Window, crashes: CrashLook) => Sql> = {
  job: (window) => sql`
select ${nameOf(sql`j.job_name`)} as name,
       true as ran,
       ${hasFailed(sql`j.status`)} as failed,
       false as crashed,
       ${durationOf(sql`j.duration_ms`)} as duration,
       j.created_at as at
  from public.job_executions j
 where ${within(sql`j.created_at`, window)}`,
  function: (window, crashes) => sql`
select ${nameOf(sql`i.source_function`)} as name,
       true as ran,
       ${hasFailed(sql`i.status`)} as failed,
       c.invocation_id is not null as crashed,
       ${durationOf(sql`i.total_duration_ms`)} as duration,
       i.created_at as at
  from public.invocations i
  ${crashesOf[crashes]}
 where ${within(sql`i.created_at`, window)}`,
  event: (window) => sql`
select ${nameOf(sql`e.event_name`)} as name,
       e.detected or ${crashedEvent} as ran,
       ${crashedEvent} as failed,
       ${crashedEvent} as crashed,
       case when e.detected then ${durationOf(sql`e.handler_duration_ms`)} end as duration,
       i.created_at as at
  from public.invocations i
  join public.event_executions e
    on e.invocation_id = i.id
 where ${within(sql`i.created_at`, window)}`,
}
