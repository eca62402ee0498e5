import type { Queryable } from '../db/db.ts'
import { sql } from '../db/sql.ts'
import type { JobRow } from '../domain/model/job.ts'
import type { PageRequest } from '../domain/paging/page.ts'
import { messageOf, numberOf } from './column-types.ts'
import { asText, asUuid, columns, matching, pageOf } from './page.ts'
import { versionOf } from './version.ts'

export interface JobFilters {
  invocationId?: string[]
  name?: string[]
  status?: string[]
}

/** Of `job_executions j`: what an answer shows; never options, results or stacks. */
export const jobColumns = columns(
  sql`j.id`,
  sql`j.invocation_id as "invocationId"`,
  sql`j.event_execution_id as "eventExecutionId"`,
  sql`j.created_at as "createdAt"`,
  sql`j.job_name::text as name`,
  sql`j.job_function_name::text as "functionName"`,
  sql`j.status::text as status`,
  sql`${numberOf(sql`j.duration_ms`)} as "durationMs"`,
  sql`j.correlation_id::text as "correlationId"`,
  sql`${messageOf(sql`j.error_message`)} as "errorMessage"`,
  sql`${versionOf(sql`j`)} as version`,
)

/** One page of jobs, and one row beyond it. */
export function jobRows(db: Queryable, filters: JobFilters, page: PageRequest): Promise<JobRow[]> {
  return db.query<JobRow>(sql`
select ${jobColumns}
  from public.job_executions j
 ${pageOf({
   at: sql`j.created_at`, id: sql`j.id`, page, fenced: filters.invocationId !== undefined,
   filters: matching(filters, {
     invocationId: asUuid(sql`j.invocation_id`),
     name: asText(sql`j.job_name`),
     status: asText(sql`j.status`),
   }),
 })}`)
}

/** One job, or none. */
export function jobById(db: Queryable, id: string): Promise<JobRow[]> {
  return db.query<JobRow>(sql`
select ${jobColumns}
  from public.job_executions j
 where j.id = ${id}::uuid`)
}
