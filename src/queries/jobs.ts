import type { Queryable } from '../db/db.ts'
import { sql, type Sql } from '../db/sql.ts'
import type { LinkWay } from '../domain/link/way.ts'
import type { JobRow } from '../domain/model/job.ts'
import type { PageRequest } from '../domain/paging/page.ts'
import type { RunningFilters } from '../domain/paging/running-filters.ts'
import { asOf, timed, type TimedRows } from './as-of.ts'
import { messageOf, numberOf } from './column-types.ts'
import { columnsRead, selected } from './columns.ts'
import { eachWay } from './effective-link.ts'
import { overAllTime, runningConditions, signOfLifeOfJob } from './liveness.ts'
import { asText, asUuid, matching, pageOf } from './page.ts'
import { versionOf } from './version.ts'

export interface JobFilters extends RunningFilters {
  invocationId?: string[]
  eventExecutionId?: string[]
  name?: string[]
  status?: string[]
  functionName?: string[]
  /** Of its invocation. */
  triggeringFunction?: string[]
  correlationId?: string[]
  /** ms. */
  minDurationMs?: number
}

/** Of `job_executions j`: what an answer shows; never options, results or stacks. */
export const jobColumns = eachWay(
  (way) =>
    ({
      id: sql`j.id`,
      invocationId: sql`j.invocation_id`,
      eventExecutionId: sql`j.event_execution_id`,
      createdAt: sql`j.created_at`,
      name: sql`j.job_name::text`,
      functionName: sql`j.job_function_name::text`,
      status: sql`j.status::text`,
      durationMs: numberOf(sql`j.duration_ms`),
      correlationId: sql`j.correlation_id::text`,
      errorMessage: messageOf(sql`j.error_message`),
      signOfLife: signOfLifeOfJob(sql`j`, way),
      version: versionOf(sql`j`),
    }) satisfies Record<keyof JobRow, Sql>,
)

/** These select few jobs, by an index that knows no time. */
function searchesAllTime({ invocationId, eventExecutionId, correlationId }: JobFilters): boolean {
  return (invocationId ?? eventExecutionId ?? correlationId) !== undefined
}

/** A lookup for each job in the order of the page: as a join the planner would rather read all invocations of that function, of all time. */
const functionOfJob = sql`(select f.source_function from public.invocations f where f.id = j.invocation_id)`

/** One page of jobs, and one row beyond it. */
export function jobRows(
  db: Queryable,
  filters: JobFilters,
  page: PageRequest,
  way: LinkWay,
): Promise<TimedRows<JobRow>> {
  return timed<JobRow>(
    db,
    sql`
select ${selected(columnsRead(jobColumns[way], page.fields?.columns, 'id', 'createdAt', 'version'))},
       ${asOf}
  from public.job_executions j
 ${pageOf({
   at: sql`j.created_at`,
   id: sql`j.id`,
   page,
   fenced: searchesAllTime(filters) || overAllTime(filters, page),
   filters: [
     ...runningConditions(filters, sql`j.status::text = 'running'`, sql`j.created_at`),
     ...matching(filters, {
       invocationId: asUuid(sql`j.invocation_id`),
       eventExecutionId: asUuid(sql`j.event_execution_id`),
       name: asText(sql`j.job_name`),
       status: asText(sql`j.status`),
       functionName: asText(sql`j.job_function_name`),
       triggeringFunction: asText(functionOfJob),
       correlationId: asText(sql`j.correlation_id`),
     }),
     filters.minDurationMs !== undefined && sql`${numberOf(sql`j.duration_ms`)} >= ${filters.minDurationMs}::float8`,
   ],
 })}`,
  )
}

/** One job, or none. */
export function jobById(db: Queryable, id: string, way: LinkWay): Promise<JobRow[]> {
  return db.query<JobRow>(sql`
select ${selected(jobColumns[way])}
  from public.job_executions j
 where j.id = ${id}::uuid`)
}
