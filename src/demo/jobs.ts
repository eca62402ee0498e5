import { jobFailure, loopGuard, type Failure } from './failures.ts'
import { countTriggered, triggeredCalls } from './links.ts'
import { instant, type JobRow } from './rows.ts'
import type { EventModule, Job } from './shop.ts'
import { rememberJob, type Call, type World } from './world.ts'

/** The depth at which the writer refuses to follow a loop any further. */
export const loopLimit = 60

/** The event that jobs follow from. */
export interface Occasion {
  invocationId: string
  eventId: string
  /** ms since 1970: the end of its detection. */
  detectedAt: number
  module: EventModule
}

export interface JobsRun {
  rows: JobRow[]
  calls: Call[]
  failed: number
  /** ms since 1970 */
  endsAt: number
}

/** The jobs of one detected event: one to three, in parallel, and the invocations that they trigger. */
export function runJobs(world: World, call: Call, occasion: Occasion): JobsRun {
  const run: JobsRun = { rows: [], calls: [], failed: 0, endsAt: occasion.detectedAt + 1 }
  const ownRoad = occasion.module === call.func.events[0]
  chooseJobs(world, call, occasion.module).forEach((job, i) =>
    runJob(world, call, occasion, job, ownRoad && i === 0, run),
  )
  return run
}

function chooseJobs({ random }: World, call: Call, { jobs }: EventModule): Job[] {
  const f = random.fraction()
  const count = Math.min(f < 0.25 ? 1 : f < 0.7 ? 2 : 3, jobs.length)
  // In a special tree the first job is the one that goes on.
  const first = call.tree.kind === 'ordinary' ? random.int(0, jobs.length - 1) : 0
  return [...jobs, ...jobs].slice(first, first + count)
}

function runJob(world: World, call: Call, occasion: Occasion, job: Job, goesOn: boolean, run: JobsRun): void {
  const { random, thin, pace } = world
  const { tree, func } = call
  const id = world.ids.id()
  const startedAt = occasion.detectedAt + random.int(0, 3)
  const count = countTriggered(world, call, job, goesOn)
  // A job of the import lasts as long as its writes are apart; elsewhere the write is one moment of the job.
  const duration = tree.kind === 'import' && count > 0 ? job.typical + count * 400 : random.duration(job.typical * pace)
  const failure = fail(world, call, job, goesOn)
  if (job.leadsTo !== undefined && count > 0) {
    run.calls.push(...triggeredCalls(world, call, { id, startedAt, duration, leadsTo: job.leadsTo }, count))
  }
  rememberJob(world, id, startedAt)
  run.failed += failure === null ? 0 : 1
  run.endsAt = Math.max(run.endsAt, startedAt + duration)
  run.rows.push({
    id,
    invocation_id: occasion.invocationId,
    event_execution_id: occasion.eventId,
    created_at: instant(startedAt),
    updated_at: '',
    correlation_id: tree.correlationId,
    job_name: job.name,
    job_function_name: random.chance(0.03) ? `${job.name}-v2` : job.name,
    job_options: thin
      ? null
      : JSON.stringify({ retries: random.int(0, 3), timeoutMs: 30_000, orderId: tree.subject, event: func.name }),
    duration_ms: duration,
    status: failure === null ? 'completed' : 'failed',
    result:
      thin || failure !== null
        ? null
        : JSON.stringify({ ok: true, orderId: tree.subject, written: count, took: `${duration} ms` }),
    error_message: failure?.message ?? null,
    error_stack: failure?.stack ?? null,
  })
}

function fail({ random }: World, call: Call, job: Job, goesOn: boolean): Failure | null {
  if (call.tree.kind === 'loop' && call.depth === loopLimit && goesOn) return loopGuard(random, job.name, loopLimit)
  return random.chance(0.02) ? jobFailure(random, call.func.name, job.name) : null
}
