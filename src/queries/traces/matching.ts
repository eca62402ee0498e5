import type { Queryable } from '../../db/db.ts'
import { join, sql, where, type Maybe, type Sql } from '../../db/sql.ts'
import { timestamptz } from '../../db/timestamp.ts'
import type { Window } from '../../domain/analysis/window.ts'
import type { Position } from '../../domain/paging/cursor.ts'
import { numberOf } from '../column-types.ts'
import { hasCrashed, hasFailed } from '../outcome.ts'
import { within } from '../analysis/within.ts'
import { invocationOperation } from './operations.ts'

/** What the spans are like that a search looks for: one and the same span has all of it. */
export interface SpanCriteria {
  /** Of the function in which it ran. */
  sourceFunction?: string | undefined
  operation?: string | undefined
  jobName?: string | undefined
  /** Of its invocation. */
  correlationId?: string | undefined
  /** An invocation, an event or a job. */
  id?: string | undefined
  /** Its invocation failed or crashed, or its job failed. */
  failed?: boolean | undefined
  /** Of its duration, ms. */
  least?: number | undefined
  most?: number | undefined
}

/** A span that was found. */
export interface MatchRow {
  id: string
  /** When it began, as Postgres text. */
  at: string
  invocationId: string
}

/** The newest spans of a window that match, after a position. One invocation has several spans: the same one may come again. */
export function matchRows(
  db: Queryable,
  criteria: SpanCriteria,
  window: Window,
  after: Position | null,
  limit: number,
): Promise<MatchRow[]> {
  return db.query<MatchRow>(sql`
select m.id,
       m.at,
       m.invocation_id as "invocationId"
  from (${join(selects(criteria, window, after, limit), '\n       union all')}) m
 order by m.at desc, m.id desc
 limit ${limit}`)
}

/** A select of the invocations, of the jobs and of the events, each where such a span can match. */
function selects(criteria: SpanCriteria, window: Window, after: Position | null, limit: number): Sql[] {
  const { operation, jobName, failed, id } = criteria
  const named = operation !== undefined || id !== undefined
  return [
    ...(jobName === undefined ? [select(invocationSpans, criteria, window, after, limit)] : []),
    ...(named || jobName !== undefined || failed === true ? [select(jobSpans, criteria, window, after, limit)] : []),
    ...(named && jobName === undefined ? [select(eventSpans, criteria, window, after, limit)] : []),
  ]
}

/** Where spans of one kind are, and their columns. */
interface Source {
  from: Sql
  id: Sql
  at: Sql
  invocationId: Sql
  operation: Sql
  duration: Sql
  failed: Sql
  always?: Sql
}

const ofInvocation = sql`
         join public.invocations i
           on i.id = `

const invocationSpans: Source = {
  from: sql`public.invocations i`,
  id: sql`i.id`,
  at: sql`i.created_at`,
  invocationId: sql`i.id`,
  operation: invocationOperation,
  duration: numberOf(sql`i.total_duration_ms`),
  failed: sql`(${hasFailed(sql`i.status`)} or ${hasCrashed(sql`i.id`)})`,
}
const jobSpans: Source = {
  from: sql`public.job_executions j${ofInvocation}j.invocation_id`,
  id: sql`j.id`,
  at: sql`j.created_at`,
  invocationId: sql`j.invocation_id`,
  operation: sql`j.job_name::text`,
  duration: numberOf(sql`j.duration_ms`),
  failed: hasFailed(sql`j.status`),
}
const eventSpans: Source = {
  from: sql`public.event_executions e${ofInvocation}e.invocation_id`,
  id: sql`e.id`,
  at: sql`e.created_at`,
  invocationId: sql`e.invocation_id`,
  operation: sql`e.event_name::text`,
  duration: sql`coalesce(${numberOf(sql`e.detection_duration_ms`)}, 0) + coalesce(${numberOf(sql`e.handler_duration_ms`)}, 0)`,
  failed: sql`e.status::text in ('failed', 'timeout', 'timed_out', 'handler_failed', 'detection_failed')`,
  always: sql`e.detected`,
}

function select(source: Source, criteria: SpanCriteria, window: Window, after: Position | null, limit: number): Sql {
  const { sourceFunction, operation, jobName, correlationId, id, failed, least, most } = criteria
  const conditions: Maybe[] = [
    source.always,
    within(source.at, window),
    after !== null && sql`(${source.at}, ${source.id}) < (${timestamptz(after.at)}, ${after.id}::uuid)`,
    id !== undefined && sql`${source.id} = ${id}::uuid`,
    sourceFunction !== undefined && sql`i.source_function::text = ${sourceFunction}::text`,
    operation !== undefined && sql`${source.operation} = ${operation}::text`,
    jobName !== undefined && sql`j.job_name::text = ${jobName}::text`,
    correlationId !== undefined && sql`i.correlation_id::text = ${correlationId}::text`,
    failed === true && source.failed,
    least !== undefined && sql`${source.duration} >= ${least}::float8`,
    most !== undefined && sql`${source.duration} <= ${most}::float8`,
  ]
  return sql`
       (select ${source.id} as id,
               ${source.at} as at,
               ${source.invocationId} as invocation_id
          from ${source.from}
         ${where(...conditions)}
         order by ${source.at} desc, ${source.id} desc
         limit ${limit})`
}
