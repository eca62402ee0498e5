import type { Queryable } from '../../db/db.ts'
import { sql, type Sql } from '../../db/sql.ts'
import { timestamptz } from '../../db/timestamp.ts'
import type { Window } from '../../domain/analysis/window.ts'

/** Groups that one statement gives at most: a writer that puts ids into names would make one of each row. */
export const MOST_GROUPS = 5000

/** `at` lies in the window. */
export function within(at: Sql, { from, to }: Window): Sql {
  const after = sql`${at} >= ${timestamptz(from)}`
  return to === 'infinity' ? after : sql`${after} and ${at} < ${timestamptz(to)}`
}

/**
 * Lets each statement of this snapshot be planned for its own window: the plan that Postgres keeps after five runs counts with half a percent
 * of the table, and walks 100,000 rows one by one.
 */
export async function planEachWindow(snapshot: Queryable): Promise<void> {
  await snapshot.query(sql`select set_config('plan_cache_mode', 'force_custom_plan', true)`)
}

/**
 * The same of statements that each read an hour at most: by index, where Postgres would read all 2 million jobs to find those of 5,000 invocations (4 s instead of 0.5);
 * without a process beside them, which takes as long to start as they do; and with room to sort what an hour has.
 */
export async function planEachHour(session: Queryable): Promise<void> {
  await planEachWindow(session)
  await session.query(sql`
select set_config('enable_seqscan', 'off', true),
       set_config('max_parallel_workers_per_gather', '0', true),
       set_config('work_mem', '16MB', true)`)
}

/** Where the newest so many rows of a window begin, as Postgres text; null where the window holds fewer. By the index on created_at alone. */
export async function startOfNewest(
  snapshot: Queryable,
  table: 'invocations' | 'job_executions',
  window: Window,
  rows: number,
): Promise<string | null> {
  const from = table === 'invocations' ? sql`public.invocations` : sql`public.job_executions`
  const [found] = await snapshot.query<{ at: string }>(sql`
select r.created_at as at
  from ${from} r
 where ${within(sql`r.created_at`, window)}
 order by r.created_at desc
 limit 1
offset ${rows - 1}`)
  return found?.at ?? null
}

/** A name, compared byte by byte: under another collation `Pay` and `pay` may be one. */
export function nameOf(column: Sql): Sql {
  return sql`${column}::text collate "C"`
}

/** A duration in ms for percentiles and sums: what is negative, or no number that a double holds, is none. Whole ones are quick to compare. */
export function durationOf(column: Sql): Sql {
  return sql`case when ${column} between 1 and 9007199254740992 then ${column}::float8
            when ${column} = 0 then 0
            when ${column} between 1e-300 and 1.79e308 then ${column}::float8 end`
}

/** From one instant to another in ms, less so many; null where one is infinite or none. */
export function msFrom(start: Sql, end: Sql, less: Sql = sql`0`): Sql {
  return sql`case when isfinite(${start}) and isfinite(${end})
            then (date_part('epoch', ${end}) - date_part('epoch', ${start})) * 1000 - ${less} end`
}
