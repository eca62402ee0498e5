import { sql, type Maybe, type Sql } from '../db/sql.ts'
import type { LinkWay } from '../domain/link/way.ts'
import type { PageRequest } from '../domain/paging/page.ts'
import type { RunningFilters } from '../domain/paging/running-filters.ts'
import { writtenAtOf } from './effective-link.ts'

/**
 * The newest sign of life of an invocation that runs and has no duration: of its own row, its events and its jobs. Null for all others, which look up nothing.
 * `invocation`: the name of the table in the statement; `writtenAt`: when the writer wrote its row last.
 */
export function signOfLife(invocation: Sql, writtenAt: Sql): Sql {
  return sql`case when ${runs(invocation, sql`total_duration_ms`)} then ${newestSign(invocation, writtenAt)} end`
}

/** The same of the invocation of a job that runs; null too where that has ended, or is gone. */
export function signOfLifeOfJob(job: Sql, way: LinkWay): Sql {
  return sql`case when ${runs(job, sql`duration_ms`)} then ${ofInvocation(job, way)} end`
}

/** The same of the invocation of an event that is being detected or handled. */
export function signOfLifeOfEvent(event: Sql, way: LinkWay): Sql {
  return sql`case when ${event}.status::text in ('detecting', 'handling') and ${event}.handler_duration_ms is null then ${ofInvocation(event, way)} end`
}

/**
 * Does an invocation run, and has it given a sign of life within the last `staleAfter` ms? Running and not live is stale: see `isStale` (src/domain/liveness.ts).
 * One whose own row is new enough looks up nothing.
 */
export function isLive(invocation: Sql, writtenAt: Sql, staleAfter: number): Sql {
  const silentSince = sql`now() - ${staleAfter}::float8 * interval '1 ms'`
  return sql`case when not (${runs(invocation, sql`total_duration_ms`)}) then false
                           when ${writtenAt} > ${silentSince} then true
                           else coalesce(${newestSign(invocation, writtenAt)} > ${silentSince}, false) end`
}

/** The conditions of these filters on a row that began `at`. `running`: whether its status says that it runs. */
export function runningConditions({ onlyRunning, olderThanMs }: RunningFilters, running: Sql, at: Sql): Maybe[] {
  return [
    onlyRunning && running,
    olderThanMs !== undefined && sql`${at} <= now() - ${olderThanMs}::float8 * interval '1 ms'`,
  ]
}

/** Of all time few rows run, and the planner would rather walk all rows in order; see fencedOrder. */
export function overAllTime({ onlyRunning }: RunningFilters, { from, to }: PageRequest): boolean {
  return onlyRunning === true && from === null && to === null
}

function runs(row: Sql, duration: Sql): Sql {
  return sql`${row}.status::text = 'running' and ${row}.${duration} is null`
}

function newestSign(invocation: Sql, writtenAt: Sql): Sql {
  return sql`greatest(coalesce(${writtenAt}, ${invocation}.created_at),
                   (select max(${written(sql`own_event`)}) from public.event_executions own_event where own_event.invocation_id = ${invocation}.id),
                   (select max(${written(sql`own_job`)}) from public.job_executions own_job where own_job.invocation_id = ${invocation}.id))`
}

/** When a row was written last. Copies may lack updated_at, which says no more than created_at then. */
function written(row: Sql): Sql {
  return sql`coalesce(${row}.updated_at, ${row}.created_at)`
}

function ofInvocation(part: Sql, way: LinkWay): Sql {
  return sql`(select ${signOfLife(sql`own`, writtenAtOf(sql`own`, way))} from public.invocations own where own.id = ${part}.invocation_id)`
}
