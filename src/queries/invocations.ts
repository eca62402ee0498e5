import type { Queryable } from '../db/db.ts'
import { sql, type Sql } from '../db/sql.ts'
import type { LinkPath } from '../domain/link/paths.ts'
import type { RowRules } from '../domain/liveness.ts'
import type { InvocationRow } from '../domain/model/invocation.ts'
import type { Outcome } from '../domain/model/status.ts'
import type { PageRequest } from '../domain/paging/page.ts'
import type { RunningFilters } from '../domain/paging/running-filters.ts'
import { asOf, timed, type TimedRows } from './as-of.ts'
import { messageOf, numberOf } from './column-types.ts'
import { selected } from './columns.ts'
import { linkFacts, type LinkFactsRow } from './link.ts'
import { overAllTime, runningConditions, signOfLife } from './liveness.ts'
import { cameOutAs, firstCrash } from './outcome.ts'
import { asText, asUuid, matching, pageOf } from './page.ts'
import { versionOf } from './version.ts'

/** The filters of the list of invocations; several values mean OR. */
export interface InvocationFilters extends RunningFilters {
  sourceJobId?: string[]
  correlationId?: string[]
  sourceEventId?: string[]
  status?: string[]
  outcome?: Outcome[]
  sourceFunction?: string[]
  sourceTable?: string[]
  sourceOperation?: string[]
  sourceSystem?: string[]
  /** true: only invocations that no job triggered, as far as the rows tell; false: only the others. */
  root?: boolean
}

/** Of `invocations i`: what an answer shows, and nothing personal. An error message may hold a little: it is cut. */
export const invocationColumns = {
  id: sql`i.id`,
  createdAt: sql`i.created_at`,
  updatedAt: sql`i.updated_at`,
  durationMs: numberOf(sql`i.total_duration_ms`),
  status: sql`i.status::text`,
  crash: firstCrash(sql`i.id`),
  sourceFunction: sql`i.source_function::text`,
  sourceTable: sql`i.source_table::text`,
  sourceOperation: sql`i.source_operation::text`,
  sourceSystem: sql`i.source_system::text`,
  sourceEventId: sql`i.source_event_id`,
  sourceEventTime: sql`i.source_event_time`,
  correlationId: sql`i.correlation_id::text`,
  sourceJobId: sql`i.source_job_id`,
  eventsDetected: numberOf(sql`i.events_detected_count`),
  jobsRun: numberOf(sql`i.total_jobs_run`),
  jobsSucceeded: numberOf(sql`i.total_jobs_succeeded`),
  jobsFailed: numberOf(sql`i.total_jobs_failed`),
  errorMessage: messageOf(sql`i.error_message`),
  signOfLife: signOfLife(sql`i`),
  version: versionOf(sql`i`),
} satisfies Record<keyof InvocationRow, Sql>

/** One page of invocations, and one row beyond it. */
export function invocationRows(
  db: Queryable,
  { outcome, ...filters }: InvocationFilters,
  page: PageRequest,
  { staleAfter }: RowRules,
): Promise<TimedRows<InvocationRow>> {
  return timed<InvocationRow>(
    db,
    sql`
select ${selected(invocationColumns)},
       ${asOf}
  from public.invocations i
 ${pageOf({
   at: sql`i.created_at`,
   id: sql`i.id`,
   page,
   fenced: filters.correlationId !== undefined || overAllTime(filters, page),
   filters: [
     ...runningConditions(filters, sql`i.status::text = 'running'`, sql`i.created_at`),
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
     outcome && cameOutAs(outcome, staleAfter),
     filters.root !== undefined && (filters.root ? sql`i.source_job_id is null` : sql`i.source_job_id is not null`),
   ],
 })}`,
  )
}

/** One invocation, or none. */
export function invocationById(db: Queryable, id: string): Promise<InvocationRow[]> {
  return db.query<InvocationRow>(sql`
select ${selected(invocationColumns)}
  from public.invocations i
 where i.id = ${id}::uuid`)
}

/** The same, with what its link is told from; see linkFacts. */
export function invocationWithLink(
  db: Queryable,
  id: string,
  paths: readonly LinkPath[] | null,
): Promise<Array<InvocationRow & { linkFacts: LinkFactsRow }>> {
  return db.query<InvocationRow & { linkFacts: LinkFactsRow }>(sql`
select ${selected(invocationColumns)},
       ${linkFacts(sql`i.id`, paths)} as "linkFacts"
  from public.invocations i
 where i.id = ${id}::uuid`)
}
