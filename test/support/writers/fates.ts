import type { Call } from './call.ts'
import { crashAlone, crashAmongOthers, crashBeforeFlush, detectorThrows } from './crashes.ts'
import type { EventRow, InvocationRow, JobRow } from './rows.ts'
import type { Fate } from './scenarios.ts'
import { timeOut } from './timeout.ts'
import type { Death } from './truth.ts'
import { instantOf, isEventKit } from './world.ts'

const fates: Record<Fate, (call: Call) => void> = {
  killed: (call) => stop(call, 'killed', call.end - 8),
  hangs: (call) => stop(call, 'hung', call.entry + call.world.random.int(10_000, 26_000)),
  'finds nothing': (call) => {
    if (!isEventKit(call.world)) stop(call, 'found nothing to listen to', call.end)
  },
  'loses its flush': (call) => stop(call, 'lost its flush', call.end),
  'times out': timeOut,
  'goes on': (call) => stop(call, null, null),
  'is seeded': seed,
  'crashes among others': crashAmongOthers,
  'crashes alone': crashAlone,
  'crashes before a flush': crashBeforeFlush,
  'a detector throws': detectorThrows,
}

/** Changes what would have been written of a call that ends well into what is written of this one. */
export function settle(call: Call): void {
  const { spec, invocation, truth } = call
  if (spec.miscounted === true) {
    invocation.total_jobs_run += 1
    invocation.total_jobs_succeeded += 1
    truth.miscounted = true
  }
  if (spec.fate !== undefined) fates[spec.fate](call)
}

/** The rows are as they were first written, and stay so: nobody is left who would write their end (`end` null: it goes on, and will be). */
function stop(call: Call, dead: Death | null, end: number | null): void {
  const { world, invocation, detected, events, jobs, truth } = call
  Object.assign(invocation, {
    status: 'running',
    total_duration_ms: null,
    events_detected_count: 0,
    total_jobs_run: 0,
    total_jobs_succeeded: 0,
    total_jobs_failed: 0,
    updated_at: invocation.created_at,
  } satisfies Partial<InvocationRow>)
  Object.assign(truth, { dead, end: end === null ? null : instantOf(end) })
  // Whoever flushes at the end alone has written nothing. What EventKit does not know to be a job's it writes with the first of them.
  call.lost = world.transport === 'eventkit-late-jobs'
  const cause = call.next[0]
  if (cause?.gone === 'never arrived' && detected !== undefined) events.splice(events.indexOf(detected), 1)
  else if (detected !== undefined) {
    Object.assign(detected, {
      status: 'handling',
      handler_duration_ms: null,
      jobs_count: 0,
      jobs_succeeded: 0,
      jobs_failed: 0,
      updated_at: detected.created_at,
    } satisfies Partial<EventRow>)
    const event = world.truth.events.get(detected.id)
    if (event !== undefined) event.dead = dead
  }
  for (const job of dead === null ? jobs.slice(1) : jobs) stopJob(call, job, dead, end)
  const coming = cause?.gone === 'not yet' && cause.jobId !== null ? world.truth.jobs.get(cause.jobId) : undefined
  if (coming !== undefined) coming.end = null
}

function stopJob({ world }: Call, job: JobRow, dead: Death | null, end: number | null): void {
  Object.assign(job, {
    status: 'running',
    duration_ms: null,
    result: null,
    updated_at: job.created_at,
  } satisfies Partial<JobRow>)
  const truth = world.truth.jobs.get(job.id)
  if (truth === undefined) return
  truth.dead = dead
  // A lost flush ends nothing; a job that was killed ended then.
  if (dead !== 'lost its flush') truth.end = end === null ? null : instantOf(end)
}

/** Rows of old seeders: `running` with durations, or a completed invocation with a failed job; nothing was ever updated. */
function seed(call: Call): void {
  const { world, invocation, detected, events, jobs, truth } = call
  const failed = jobs.some(({ status }) => status === 'failed')
  for (const row of [invocation, ...events, ...jobs]) row.updated_at = row.created_at
  invocation.status = failed ? 'completed' : 'running'
  if (failed) return
  truth.dead = 'was seeded'
  for (const job of jobs) {
    job.status = 'running'
    const jobTruth = world.truth.jobs.get(job.id)
    if (jobTruth !== undefined) jobTruth.dead = 'was seeded'
  }
  if (detected === undefined) return
  detected.status = 'handling'
  const event = world.truth.events.get(detected.id)
  if (event !== undefined) event.dead = 'was seeded'
}
