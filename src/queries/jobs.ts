import type { Queryable } from '../db/db.ts'
import { sql, where } from '../db/sql.ts'
import type { JobRow } from '../domain/job.ts'
import type { PageRequest } from '../domain/page.ts'
import { columns, fencedOrder, inPage, oneOf, pageLimit, pageOrder } from './page.ts'

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
  sql`j.job_name as name`,
  sql`j.job_function_name as "functionName"`,
  sql`j.status`,
  sql`j.duration_ms as "durationMs"`,
  sql`j.correlation_id as "correlationId"`,
  sql`left(j.error_message, 500) as "errorMessage"`,
  sql`j.xmin::text as version`,
)

/** One page of jobs, and one row beyond it. */
export function jobRows(db: Queryable, filters: JobFilters, page: PageRequest): Promise<JobRow[]> {
  return db.query<JobRow>(sql`
select ${jobColumns}
  from job_executions j
 ${where(
   oneOf(sql`j.invocation_id`, filters.invocationId, sql`uuid`),
   oneOf(sql`j.job_name`, filters.name, sql`text`),
   oneOf(sql`j.status`, filters.status, sql`text`),
   ...inPage(sql`j.created_at`, sql`j.id`, page),
 )}
 ${(filters.invocationId ? fencedOrder : pageOrder)(sql`j.created_at`, sql`j.id`, page.order)}
 ${pageLimit(page)}`)
}

/** One job, or none. */
export function jobById(db: Queryable, id: string): Promise<JobRow[]> {
  return db.query<JobRow>(sql`
select ${jobColumns}
  from job_executions j
 where j.id = ${id}::uuid`)
}
