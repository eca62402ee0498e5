/** How rows came into the database. `eventkit-late-jobs`: EventKit with `persistJobsAtStart: false`, whose jobs arrive with the end of the call. */
export type Transport = 'sql' | 'graphql' | 'eventkit' | 'eventkit-late-jobs'

/** Rows of the three tables as writers leave them: instants are ISO 8601 UTC, jsonb is an object. A field that is absent was not sent. */
export interface InvocationRow {
  id: string
  created_at: string
  updated_at: string
  correlation_id: string | null
  source_function: string
  source_table: string | null
  source_operation: string
  source_system: string
  /** EventKit alone. */
  source_type?: string
  source_job_id: string | null
  source_event_id: string | null
  source_event_payload: object
  source_event_time: string | null
  source_user_email: string | null
  source_user_role: string | null
  total_duration_ms: number | null
  events_detected_count: number
  total_jobs_run: number
  total_jobs_succeeded: number
  total_jobs_failed: number
  /** The old writer alone, as the next. */
  auto_load_modules?: boolean
  event_modules_directory?: string
  status: string
  error_message: string | null
  error_stack: string | null
  context_data: object | null
}

export interface EventRow {
  id: string
  invocation_id: string
  created_at: string
  updated_at: string
  correlation_id: string | null
  event_name: string
  event_module_path?: string
  detected: boolean
  detection_duration_ms: number | null
  detection_error: string | null
  detection_error_stack: string | null
  handler_duration_ms: number | null
  handler_error: string | null
  handler_error_stack: string | null
  jobs_count: number
  jobs_succeeded: number
  jobs_failed: number
  status: string
}

export interface JobRow {
  id: string
  invocation_id: string
  event_execution_id: string
  created_at: string
  updated_at: string
  correlation_id: string | null
  job_name: string
  job_function_name: string
  job_options: object | null
  duration_ms: number | null
  status: string
  result: object | null
  error_message: string | null
  error_stack: string | null
}

export interface Rows {
  invocations: InvocationRow[]
  events: EventRow[]
  jobs: JobRow[]
}
