import type { Queryable } from '../db/db.ts'
import { sql, type Sql } from '../db/sql.ts'
import type { InvocationRow } from '../domain/model/invocation.ts'
import type { PageRequest } from '../domain/paging/page.ts'
import { messageOf, numberOf } from './column-types.ts'
import { asText, asUuid, columns, matching, pageOf } from './page.ts'
import { versionOf } from './version.ts'

/** The filters of the list of invocations; several values mean OR. */
export interface InvocationFilters {
  sourceJobId?: string[]
  correlationId?: string[]
  sourceEventId?: string[]
  status?: string[]
  sourceFunction?: string[]
  sourceTable?: string[]
  sourceOperation?: string[]
  sourceSystem?: string[]
  /** true: only invocations that no job triggered, as far as the rows tell; false: only the others. */
  root?: boolean
}

/** Of `invocations i`: what an answer shows, and nothing personal. An error message may hold a little: it is cut. */
export const invocationColumns = columns(
  sql`i.id`,
  sql`i.created_at as "createdAt"`,
  sql`${numberOf(sql`i.total_duration_ms`)} as "durationMs"`,
  sql`i.status::text as status`,
  sql`i.source_function::text as "sourceFunction"`,
  sql`i.source_table::text as "sourceTable"`,
  sql`i.source_operation::text as "sourceOperation"`,
  sql`i.source_system::text as "sourceSystem"`,
  sql`i.source_event_id as "sourceEventId"`,
  sql`i.source_event_time as "sourceEventTime"`,
  sql`i.correlation_id::text as "correlationId"`,
  sql`i.source_job_id as "sourceJobId"`,
  sql`${numberOf(sql`i.events_detected_count`)} as "eventsDetected"`,
  sql`${numberOf(sql`i.total_jobs_run`)} as "jobsRun"`,
  sql`${numberOf(sql`i.total_jobs_succeeded`)} as "jobsSucceeded"`,
  sql`${numberOf(sql`i.total_jobs_failed`)} as "jobsFailed"`,
  sql`${messageOf(sql`i.error_message`)} as "errorMessage"`,
  sql`${versionOf(sql`i`)} as version`,
)

/** The invocation columns under their answered names, as a derived table hands them on. */
export function carried(of: Sql): Sql {
  return columns(
    sql`${of}.id`, sql`${of}."createdAt"`, sql`${of}."durationMs"`, sql`${of}.status`, sql`${of}."sourceFunction"`, sql`${of}."sourceTable"`,
    sql`${of}."sourceOperation"`, sql`${of}."sourceSystem"`, sql`${of}."sourceEventId"`, sql`${of}."sourceEventTime"`, sql`${of}."correlationId"`,
    sql`${of}."sourceJobId"`, sql`${of}."eventsDetected"`, sql`${of}."jobsRun"`, sql`${of}."jobsSucceeded"`, sql`${of}."jobsFailed"`, sql`${of}."errorMessage"`, sql`${of}.version`,
  )
}

/** One page of invocations, and one row beyond it. */
export function invocationRows(db: Queryable, filters: InvocationFilters, page: PageRequest): Promise<InvocationRow[]> {
  return db.query<InvocationRow>(sql`
select ${invocationColumns}
  from public.invocations i
 ${pageOf({
   at: sql`i.created_at`, id: sql`i.id`, page, fenced: filters.correlationId !== undefined,
   filters: [
     ...matching(filters, {
       sourceJobId: asUuid(sql`i.source_job_id`),
       correlationId: asText(sql`i.correlation_id`),
       sourceEventId: asUuid(sql`i.source_event_id`),
       status: asText(sql`i.status`),
       sourceFunction: asText(sql`i.source_function`),
       sourceTable: asText(sql`i.source_table`),
       sourceOperation: asText(sql`i.source_operation`),
       sourceSystem: asText(sql`i.source_system`),
     }),
     filters.root !== undefined && (filters.root ? sql`i.source_job_id is null` : sql`i.source_job_id is not null`),
   ],
 })}`)
}

/** One invocation, or none. */
export function invocationById(db: Queryable, id: string): Promise<InvocationRow[]> {
  return db.query<InvocationRow>(sql`
select ${invocationColumns}
  from public.invocations i
 where i.id = ${id}::uuid`)
}
