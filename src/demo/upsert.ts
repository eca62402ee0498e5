import type { Session, Writer } from '../db/db.ts'
import { join, sql } from '../db/sql.ts'
import {
  eventColumns,
  invocationColumns,
  jobColumns,
  type EventRow,
  type InvocationRow,
  type JobRow,
  type Rows,
} from './rows.ts'

/** Rows a statement: 25 columns of 500 rows stay well below the 65,535 values that Postgres binds. */
const atOnce = 500

/**
 * Writes rows the way Event Detector does: multi-row upserts by id, invocations → events → jobs, in one transaction.
 * A row that is there already gets the new state; what never changes is left alone.
 */
export async function upsertRows(writer: Writer, rows: Rows): Promise<void> {
  await writer.transaction(async (session) => {
    for (const some of slices(rows.invocations)) await upsertInvocations(session, some)
    for (const some of slices(rows.events)) await upsertEvents(session, some)
    for (const some of slices(rows.jobs)) await upsertJobs(session, some)
  })
}

async function upsertInvocations(session: Session, rows: InvocationRow[]): Promise<void> {
  await session.query(sql`
    insert into public.invocations
      (id, created_at, updated_at, correlation_id, source_function, source_table, source_operation, source_system,
       source_job_id, source_event_id, source_event_payload, source_event_time, source_user_email, source_user_role,
       total_duration_ms, events_detected_count, total_jobs_run, total_jobs_succeeded, total_jobs_failed,
       auto_load_modules, event_modules_directory, status, error_message, error_stack, context_data)
    values ${tuples(invocationColumns, rows)}
    on conflict (id) do update set
      source_job_id = excluded.source_job_id,
      total_duration_ms = excluded.total_duration_ms,
      events_detected_count = excluded.events_detected_count,
      total_jobs_run = excluded.total_jobs_run,
      total_jobs_succeeded = excluded.total_jobs_succeeded,
      total_jobs_failed = excluded.total_jobs_failed,
      status = excluded.status,
      error_message = excluded.error_message,
      error_stack = excluded.error_stack`)
}

async function upsertEvents(session: Session, rows: EventRow[]): Promise<void> {
  await session.query(sql`
    insert into public.event_executions
      (id, invocation_id, created_at, updated_at, correlation_id, event_name, event_module_path, detected,
       detection_duration_ms, detection_error, detection_error_stack, handler_duration_ms, handler_error,
       handler_error_stack, jobs_count, jobs_succeeded, jobs_failed, status)
    values ${tuples(eventColumns, rows)}
    on conflict (id) do update set
      detected = excluded.detected,
      detection_error = excluded.detection_error,
      detection_error_stack = excluded.detection_error_stack,
      handler_duration_ms = excluded.handler_duration_ms,
      handler_error = excluded.handler_error,
      handler_error_stack = excluded.handler_error_stack,
      jobs_count = excluded.jobs_count,
      jobs_succeeded = excluded.jobs_succeeded,
      jobs_failed = excluded.jobs_failed,
      status = excluded.status`)
}

async function upsertJobs(session: Session, rows: JobRow[]): Promise<void> {
  await session.query(sql`
    insert into public.job_executions
      (id, invocation_id, event_execution_id, created_at, updated_at, correlation_id, job_name, job_function_name,
       job_options, duration_ms, status, result, error_message, error_stack)
    values ${tuples(jobColumns, rows)}
    on conflict (id) do update set
      duration_ms = excluded.duration_ms,
      status = excluded.status,
      result = excluded.result,
      error_message = excluded.error_message,
      error_stack = excluded.error_stack`)
}

/** `(…), (…)` with every value bound, in the order of the columns. */
function tuples<C extends string>(columns: readonly C[], rows: Record<C, unknown>[]) {
  return join(rows.map((row) => sql`(${join(columns.map((column) => row[column]))})`))
}

function* slices<R>(rows: R[]): Generator<R[]> {
  for (let from = 0; from < rows.length; from += atOnce) yield rows.slice(from, from + atOnce)
}
