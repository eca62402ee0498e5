import type { Queryable } from '../db/db.ts'
import { sql, type Sql } from '../db/sql.ts'
import type { LinkWay } from '../domain/link/way.ts'
import type { EventRow } from '../domain/model/event.ts'
import type { PageRequest } from '../domain/paging/page.ts'
import type { RunningFilters } from '../domain/paging/running-filters.ts'
import { asOf, timed, type TimedRows } from './as-of.ts'
import { messageOf, numberOf } from './column-types.ts'
import { columnsRead, selected } from './columns.ts'
import { eachWay } from './effective-link.ts'
import { overAllTime, runningConditions, signOfLifeOfEvent } from './liveness.ts'
import { asText, asUuid, matching, pageOf } from './page.ts'
import { versionOf } from './version.ts'

/** The filters of the list of events; several values mean OR. */
export interface EventFilters extends RunningFilters {
  invocationId?: string[]
  name?: string[]
  status?: string[]
  /** `any`: whether it was detected or not. */
  detected: 'true' | 'false' | 'any'
}

/** Of `event_executions e`: never stacks or module paths. A crashed detection and a crashed handler exclude each other. */
export const eventColumns = eachWay(
  (way) =>
    ({
      id: sql`e.id`,
      invocationId: sql`e.invocation_id`,
      createdAt: sql`e.created_at`,
      name: sql`e.event_name::text`,
      detected: sql`e.detected`,
      status: sql`e.status::text`,
      detectionDurationMs: numberOf(sql`e.detection_duration_ms`),
      handlerDurationMs: numberOf(sql`e.handler_duration_ms`),
      jobsRun: numberOf(sql`e.jobs_count`),
      jobsSucceeded: numberOf(sql`e.jobs_succeeded`),
      jobsFailed: numberOf(sql`e.jobs_failed`),
      correlationId: sql`e.correlation_id::text`,
      errorMessage: messageOf(sql`e.detection_error`, sql`e.handler_error`),
      signOfLife: signOfLifeOfEvent(sql`e`, way),
      version: versionOf(sql`e`),
    }) satisfies Record<keyof EventRow, Sql>,
)

/** One page of events, and one row beyond it. */
export function eventRows(
  db: Queryable,
  { detected, ...filters }: EventFilters,
  page: PageRequest,
  way: LinkWay,
): Promise<TimedRows<EventRow>> {
  return timed<EventRow>(
    db,
    sql`
select ${selected(columnsRead(eventColumns[way], page.fields?.columns, 'id', 'createdAt', 'version'))},
       ${asOf}
  from public.event_executions e
 ${pageOf({
   at: sql`e.created_at`,
   id: sql`e.id`,
   page,
   // The words of the predicate of event_executions_detected_newest.
   ...(detected === 'true' ? { always: sql`e.detected` } : {}),
   fenced: filters.invocationId !== undefined || overAllTime(filters, page),
   filters: [
     detected === 'false' && sql`not e.detected`,
     ...runningConditions(filters, sql`e.status::text in ('detecting', 'handling')`, sql`e.created_at`),
     ...matching(filters, {
       invocationId: asUuid(sql`e.invocation_id`),
       name: asText(sql`e.event_name`),
       status: asText(sql`e.status`),
     }),
   ],
 })}`,
  )
}

/** One event, or none. */
export function eventById(db: Queryable, id: string, way: LinkWay): Promise<EventRow[]> {
  return db.query<EventRow>(sql`
select ${selected(eventColumns[way])}
  from public.event_executions e
 where e.id = ${id}::uuid`)
}
