import { instant, type EventRow, type InvocationRow, type JobRow } from './rows.ts'

/** The rows of one invocation. */
export interface Invoked {
  invocation: InvocationRow
  events: EventRow[]
  jobs: JobRow[]
}

/**
 * What the writer has written of an invocation at an instant (ms since 1970): all of it once it has ended; before that a `running` row
 * without duration and counters, the events that are detected by then, and the jobs that have begun. This one function makes rows that are
 * still running at the end of a data set, rows of a process that died, and the steps of the live demo.
 */
export function seenAt(rows: Invoked, at: number): Invoked {
  const { invocation } = rows
  if (end(invocation.created_at, invocation.total_duration_ms) <= at) return rows
  const now = instant(at)
  return {
    invocation: {
      ...invocation,
      status: 'running',
      total_duration_ms: null,
      error_message: null,
      error_stack: null,
      updated_at: now,
      events_detected_count: 0,
      total_jobs_run: 0,
      total_jobs_succeeded: 0,
      total_jobs_failed: 0,
    },
    events: rows.events.filter((event) => event.created_at <= now).map((event) => eventAt(event, at, now)),
    jobs: rows.jobs.filter((job) => job.created_at <= now).map((job) => jobAt(job, at, now)),
  }
}

function eventAt(event: EventRow, at: number, now: string): EventRow {
  const seen = { ...event, updated_at: now }
  if (!event.detected || end(event.created_at, event.handler_duration_ms) <= at) return seen
  return {
    ...seen,
    status: 'handling',
    handler_duration_ms: null,
    handler_error: null,
    handler_error_stack: null,
    jobs_count: 0,
    jobs_succeeded: 0,
    jobs_failed: 0,
  }
}

function jobAt(job: JobRow, at: number, now: string): JobRow {
  const seen = { ...job, updated_at: now }
  if (end(job.created_at, job.duration_ms) <= at) return seen
  return { ...seen, status: 'running', duration_ms: null, result: null, error_message: null, error_stack: null }
}

function end(createdAt: string, duration: number | null): number {
  return Date.parse(createdAt) + (duration ?? 0)
}
