import { writtenAt, type Call } from './call.ts'
import type { EventRow, InvocationRow, JobRow } from './rows.ts'
import { instantOf, isEventKit } from './world.ts'

/** The function's time is over while its job works: the job is written off, and goes on to its end all the same. */
export function timeOut(call: Call): void {
  const { world, invocation, detected, jobs, truth, entry } = call
  const at = call.end - 8
  truth.end = instantOf(at + 1)
  Object.assign(invocation, {
    total_duration_ms: at + 1 - entry,
    updated_at: writtenAt(call, at + 1),
  } satisfies Partial<InvocationRow>)
  for (const job of jobs) abort(call, job, at)
  if (isEventKit(world)) return timeOutEventKit(call, jobs.length)
  if (detected !== undefined) {
    Object.assign(detected, {
      status: 'handling',
      handler_duration_ms: null,
      jobs_count: 0,
      jobs_succeeded: 0,
      jobs_failed: 0,
      updated_at: detected.created_at,
    } satisfies Partial<EventRow>)
    const event = world.truth.events.get(detected.id)
    if (event !== undefined) event.dead = world.options.widenedChecks ? 'killed' : 'its status was refused'
  }
  const nothing = { events_detected_count: 0, total_jobs_run: 0, total_jobs_succeeded: 0, total_jobs_failed: 0 }
  Object.assign(invocation, nothing)
  if (world.options.widenedChecks) {
    Object.assign(invocation, {
      status: 'timeout',
      error_message: 'Function execution timed out',
    } satisfies Partial<InvocationRow>)
    truth.miscounted = jobs.length > 0
    return
  }
  // The CHECK refuses `timeout`: the row stays as it was first written.
  Object.assign(invocation, {
    status: 'running',
    total_duration_ms: null,
    updated_at: invocation.created_at,
  } satisfies Partial<InvocationRow>)
  truth.dead = 'its status was refused'
}

function abort(call: Call, job: JobRow, at: number): void {
  const { world } = call
  const truth = world.truth.jobs.get(job.id)
  if (truth !== undefined) truth.ranOn = true
  const duration_ms = at - Date.parse(truth?.start ?? '')
  const status = isEventKit(world) && world.options.widenedChecks ? 'timed_out' : 'failed'
  Object.assign(job, {
    status,
    duration_ms,
    result: null,
    error_message: `Job aborted: the function's time was over after ${duration_ms} ms`,
    updated_at: writtenAt(call, at),
  } satisfies Partial<JobRow>)
}

/** EventKit counts, and writes the job that it did not begin any more; where the CHECKs are as they were it says failed of all. */
function timeOutEventKit(call: Call, aborted: number): void {
  const { world, invocation, detected, jobs, truth } = call
  const { widenedChecks } = world.options
  const [first] = jobs
  if (first === undefined || detected === undefined) return
  const skipped: JobRow = {
    ...first,
    id: world.random.id(),
    job_name: 'book-carrier',
    job_function_name: 'book-carrier',
    status: widenedChecks ? 'skipped' : 'failed',
    duration_ms: null,
    error_message: null,
  }
  jobs.push(skipped)
  world.truth.jobs.set(skipped.id, {
    transport: world.transport,
    start: truth.end ?? '',
    end: truth.end,
    dead: null,
    clockSkewMs: truth.clockSkewMs,
    ranOn: false,
  })
  Object.assign(detected, {
    jobs_count: aborted + 1,
    jobs_succeeded: 0,
    jobs_failed: aborted,
  } satisfies Partial<EventRow>)
  Object.assign(invocation, {
    status: widenedChecks ? 'timeout' : 'failed',
    total_jobs_run: aborted + 1,
    total_jobs_succeeded: 0,
    total_jobs_failed: aborted,
  } satisfies Partial<InvocationRow>)
}
