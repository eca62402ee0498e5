import { checkEvents, type Checked } from './events.ts'
import { broken } from './failures.ts'
import { addOddities } from './oddities.ts'
import { context, payload } from './payload.ts'
import { instant, type InvocationRow } from './rows.ts'
import { seenAt, type Invoked } from './seen.ts'
import type { Call, World } from './world.ts'

/** What becomes of an invocation, apart from its jobs. */
type Fate = 'ends' | 'breaks' | 'crashes' | 'dies'

/** Lets an invocation happen: its rows, and the invocations that its jobs trigger. */
export function invoke(world: World, call: Call): { rows: Invoked; calls: Call[] } {
  const { random } = world
  const fate = drawFate(world, call)
  const id = world.ids.id()
  const checked = fate === 'breaks' ? [] : checkEvents(world, call, id, fate === 'crashes')
  const endsAt = checked.reduce((last, { endsAt }) => Math.max(last, endsAt), call.createdAt + 5) + random.int(1, 9)
  const rows = {
    invocation: invocationRow(world, call, id, checked, endsAt),
    events: checked.map(({ row }) => row),
    jobs: checked.flatMap(({ run }) => run?.rows ?? []),
  }
  if (fate === 'breaks') breakDown(world, call, rows.invocation)
  if (fate === 'crashes') countNothing(rows.invocation)
  stampFlush(world, rows, endsAt)

  const until =
    fate === 'dies'
      ? Math.min(call.createdAt + random.int(15, Math.max(15, endsAt - call.createdAt - 1)), world.until)
      : world.until
  const seen = seenAt(rows, until)
  addOddities(world, call, seen)
  return {
    rows: seen,
    calls: reached(
      world,
      checked.flatMap(({ run }) => run?.calls ?? []),
      seen,
      until,
    ),
  }
}

/** The calls that were made before everything stopped; the others give their room back. A clock that is behind must not call before its job is seen. */
function reached(world: World, calls: Call[], seen: Invoked, until: number): Call[] {
  if (calls.length === 0) return calls
  const jobs = new Set(seen.jobs.map(({ id }) => id))
  const made = calls.filter(({ createdAt, cause }) => createdAt <= until && cause !== null && jobs.has(cause.jobId))
  world.room += calls.length - made.length
  return made
}

function drawFate({ random }: World, call: Call): Fate {
  if (call.tree.kind !== 'ordinary') return 'ends'
  const f = random.fraction()
  if (f < 0.002) return 'breaks'
  if (f < 0.012) return 'crashes'
  return f < 0.016 ? 'dies' : 'ends'
}

function invocationRow(world: World, call: Call, id: string, checked: Checked[], endsAt: number): InvocationRow {
  const { func, tree, cause } = call
  const eventId = world.ids.id()
  const run = checked.reduce((sum, { row }) => sum + row.jobs_count, 0)
  const failed = checked.reduce((sum, { row }) => sum + row.jobs_failed, 0)
  const wrong = world.random.chance(0.006) ? 1 : 0
  const byHand = func.operation === 'MANUAL'
  return {
    id,
    created_at: instant(call.createdAt),
    updated_at: '',
    correlation_id: tree.correlationId,
    source_function: func.name,
    source_table: func.table,
    source_operation: func.operation,
    source_system: func.system,
    source_job_id: cause?.link === 'recorded' ? cause.jobId : null,
    source_event_id: byHand ? null : eventId,
    source_event_payload: payload(world, call, eventId),
    source_event_time: byHand ? null : instant(call.createdAt - world.random.int(3, 250)),
    source_user_email: tree.user?.email ?? null,
    source_user_role: tree.user?.role ?? null,
    total_duration_ms: endsAt - call.createdAt,
    events_detected_count: checked.filter(({ row }) => row.detected).length,
    total_jobs_run: Math.max(0, run - wrong),
    total_jobs_succeeded: run - failed,
    total_jobs_failed: failed,
    auto_load_modules: true,
    event_modules_directory: `./events/${func.name}`,
    status: failed > 0 ? 'failed' : 'completed', // the message stays null: the cause is only in the job's row
    error_message: null,
    error_stack: null,
    context_data: context(world, call),
  }
}

/** After a crash the writer has counted nothing, and says that the invocation completed unless a job failed. */
function countNothing(invocation: InvocationRow): void {
  Object.assign(invocation, {
    events_detected_count: 0,
    total_jobs_run: 0,
    total_jobs_succeeded: 0,
    total_jobs_failed: 0,
  } satisfies Partial<InvocationRow>)
}

function breakDown(world: World, call: Call, invocation: InvocationRow): void {
  const { message, stack } = broken(world.random, call.func.name)
  Object.assign(invocation, {
    status: 'failed',
    error_message: message,
    error_stack: stack,
  } satisfies Partial<InvocationRow>)
}

/** The writer flushes up to 5 s after the end, with retries up to 12 s; updated_at says when, never when something ended. */
function stampFlush({ random, until }: World, { invocation, events, jobs }: Invoked, endsAt: number): void {
  const late = random.int(0, random.chance(0.01) ? 12_000 : 5000)
  const flushedAt = instant(Math.max(endsAt, Math.min(endsAt + late, until)))
  for (const row of [invocation, ...events, ...jobs]) row.updated_at = flushedAt
}
