import type { Queryable } from '../../db/db.ts'
import { sql, type Sql } from '../../db/sql.ts'
import type { RunsRow } from '../../domain/analysis/dependencies.ts'
import type { Window } from '../../domain/analysis/window.ts'
import { crashedInvocations, hasFailed } from '../outcome.ts'
import { durationOf, MOST_GROUPS, nameOf, within } from './within.ts'

/** The figures of runs, of a derived table `r` of names, instants and durations in ms. Percentiles are exact: the nearest rank. */
const figures = sql`
       r.name,
       count(*)::int as runs,
       count(*) filter (where r.failed or r.crashed)::int as failed,
       count(*) filter (where r.crashed)::int as crashed,
       percentile_disc(array[0.5, 0.95, 0.99]) within group (order by r.duration) as percentiles,
       sum(r.duration) as "totalMs",
       max(r.at) as "lastAt"`

/** The runs of each job that began in a window, the most frequent first; one group more than MOST_GROUPS tells that there are more. */
export function jobRuns(db: Queryable, window: Window): Promise<RunsRow[]> {
  return db.query<RunsRow>(sql`
select ${figures}
  from (select ${nameOf(sql`j.job_name`)} as name,
               ${hasFailed(sql`j.status`)} as failed,
               false as crashed,
               ${durationOf(sql`j.duration_ms`)} as duration,
               j.created_at as at
          from public.job_executions j
         where ${within(sql`j.created_at`, window)}) r
${grouped}`)
}

/** The same of each function; one that crashed has failed. */
export function functionRuns(db: Queryable, window: Window): Promise<RunsRow[]> {
  return db.query<RunsRow>(sql`
select ${figures}
  from (select ${nameOf(sql`i.source_function`)} as name,
               ${hasFailed(sql`i.status`)} as failed,
               c.invocation_id is not null as crashed,
               ${durationOf(sql`i.total_duration_ms`)} as duration,
               i.created_at as at
          from public.invocations i
          left join (${crashedInvocations}) c
            on c.invocation_id = i.id
         where ${within(sql`i.created_at`, window)}) r
${grouped}`)
}

const grouped: Sql = sql`
 group by r.name
 order by runs desc, r.name
 limit ${MOST_GROUPS + 1}`
