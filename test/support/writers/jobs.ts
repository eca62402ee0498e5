import { hostTime, writtenAt, type Call } from './call.ts'
import { thrownIn } from './crash.ts'
import type { JobRow } from './rows.ts'
import type { JobSpec } from './scenarios.ts'
import { instantOf, isEventKit, type Cause } from './world.ts'

const names = ['capture-payment', 'send-confirmation', 'reserve-stock', 'book-carrier'] as const

/** Runs the jobs of the detected event, in parallel, and notes what they trigger. */
export function runJobs(call: Call): void {
  const { detected, spec } = call
  if (detected === undefined || spec.fate === 'hangs') return
  const specified = spec.jobs ?? [{}]
  for (const [at, each] of specified.entries()) {
    const name = names[at % names.length] ?? names[0]
    const job = runJob(call, each, name, at === specified.length - 1)
    if (each.fate === 'has a twin') twin(call, job)
  }
}

interface Run {
  row: JobRow
  /** ms since 1970, by a clock that is right. */
  start: number
  end: number
}

function runJob(call: Call, spec: JobSpec, name: string, last: boolean): Run {
  const { world, detected, invocation } = call
  const { random, options } = world
  const soon = call.start + (detected?.detection_duration_ms ?? 0) + random.int(1, 5)
  // Of a call that goes on: one that has ended two minutes ago, and one that has just begun.
  const start = call.spec.fate === 'goes on' ? Math.max(soon, options.now - (last ? 9000 : 120_000)) : soon
  // EventKit writes the job's row first, and counts that into its duration.
  const flush = world.transport === 'eventkit' ? (random.chance(0.3) ? random.int(250, 4000) : random.int(5, 40)) : 0
  const body = random.chance(0.08) ? random.int(5000, 9000) : random.int(60, 2500)
  const end = start + flush + body
  const row: JobRow = {
    id: random.id(),
    invocation_id: invocation.id,
    event_execution_id: detected?.id ?? '',
    created_at: hostTime(call, start),
    updated_at: '',
    correlation_id: invocation.correlation_id,
    job_name: name,
    job_function_name: name,
    job_options: { retries: random.int(0, 3) },
    duration_ms: end - start,
    status: 'completed',
    result: { ok: true },
    error_message: null,
    error_stack: null,
  }
  if (spec.fate === 'fails') fail(call, row)
  row.updated_at = writtenAt(call, end)
  call.end = Math.max(call.end, end)
  const gone = goneOf(call, spec, last)
  // The row of one that has not arrived is not there; its truth is.
  if (gone === null || gone === 'deleted') call.jobs.push(row)
  world.truth.jobs.set(row.id, {
    transport: world.transport,
    start: instantOf(start),
    end: instantOf(end),
    dead: null,
    clockSkewMs: call.truth.clockSkewMs,
    ranOn: false,
  })
  trigger(call, spec, { row, start: start + flush, end: Math.min(end - 10, start + 4400) }, gone)
  return { row, start, end }
}

function goneOf({ world: { transport }, spec: { fate, deleted } }: Call, job: JobSpec, last: boolean): Cause['gone'] {
  if (deleted === true) return 'deleted'
  if (job.fate === 'never arrives') return 'never arrived'
  if (fate === 'goes on' && last && transport !== 'eventkit') return 'not yet'
  const early = fate === 'killed' || fate === 'loses its flush'
  return early && transport === 'eventkit-late-jobs' ? 'never arrived' : null
}

/** A write comes at any moment of a job, at most 4.4 s after its start; the events that it fires reach their functions soon after. */
function trigger(call: Call, spec: JobSpec, { row, start, end }: Run, gone: Cause['gone']): void {
  const {
    world: { random },
    invocation,
  } = call
  const causes = (at: number, staleAfter: number | null, specified: Cause['specified']): Cause => ({
    jobId: row.id,
    at,
    correlationId: invocation.correlation_id ?? '',
    gone,
    staleAfter,
    specified,
  })
  const at = call.spec.fate === 'goes on' ? start + 1000 : random.int(Math.min(start + 5, end), end)
  for (const specified of spec.triggers ?? []) call.next.push(causes(at + random.int(0, 3), null, specified))
  for (const ms of spec.laterWrites ?? []) call.next.push(causes(at + ms, ms, {}))
}

/** The old writer looks jobs up by name: what ends first is taken for the second, and the first never ends. EventKit has ids. */
function twin(call: Call, first: Run): void {
  const second = runJob(call, {}, first.row.job_name, false)
  if (isEventKit(call.world)) return
  second.row.duration_ms = first.row.duration_ms
  Object.assign(first.row, {
    status: 'running',
    duration_ms: null,
    result: null,
    updated_at: first.row.created_at,
  } satisfies Partial<JobRow>)
  const truth = call.world.truth.jobs.get(first.row.id)
  if (truth !== undefined) truth.dead = 'had a twin of the same name'
}

function fail({ world: { random }, functionName }: Call, row: JobRow): void {
  const { message, stack } = thrownIn(random, functionName, row.job_name, 'job')
  // Some stacks are stored as JSON, in text.
  Object.assign(row, {
    status: 'failed',
    result: null,
    error_message: message,
    error_stack: random.chance(0.3) ? JSON.stringify({ _raw_string: stack }) : stack,
  } satisfies Partial<JobRow>)
}
