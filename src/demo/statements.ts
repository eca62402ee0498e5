import { jobFailure } from './failures.ts'
import { context, payload } from './payload.ts'
import { instant, type EventRow, type InvocationRow, type JobRow, type Rows } from './rows.ts'
import type { ShopFunction } from './shop.ts'
import { createWorld, type Call, type Tree, type World } from './world.ts'

const hour = 3_600_000

/** What happens at one import of a bank statement: as usual; one job takes a minute; one step never comes; everything fails from the first job on. */
type Course = 'usual' | 'slow' | 'stops' | 'fails'

/** Imports, one every 6 hours; the first of these is the newest. A week of usual ones stands before the last day, so it is known what follows what. */
const courses: readonly Course[] = ['fails', 'stops', 'slow', ...Array.from({ length: 29 }, (): Course => 'usual')]

/** An import is three invocations, each with one job; the one that stops has no third. */
const steps = [
  step('import-bank-statement', 'MANUAL', null, 'split-statement', 900),
  step('on-statement-created', 'INSERT', 'public.statements', 'match-payments', 1400),
  step('on-payments-matched', 'UPDATE', 'public.payments', 'post-ledger', 600),
] as const

/** Invocations of all of them. */
export const statementInvocations = courses.length * steps.length - 1

/** Three waves of rows: the imports of bank statements of the last 8 days. They are drawn from a sequence of their own, so that all other rows of a seed stay what they are. */
export function bankStatements(options: { seed: number; thin: boolean; now: number }): Rows[] {
  const { seed, thin, now } = options
  const world = createWorld({ seed, epoch: 1, thin, pace: 1, until: now, room: 0 })
  const waves: Rows[] = steps.map(() => ({ invocations: [], events: [], jobs: [] }))
  for (const [nth, course] of courses.entries()) {
    const tree: Tree = {
      kind: 'ordinary',
      correlationId: world.ids.id(),
      user: { email: 'ada.fischer7@example.com', role: 'back-office' },
      subject: 100 + nth,
      size: steps.length,
    }
    let cause: Call['cause'] = null
    let createdAt = now - (3 + nth * 6) * hour
    for (const [depth, { func, job, typical }] of steps.entries()) {
      if (course === 'stops' && depth === 2) break
      const call: Call = { func, createdAt, tree, depth, quota: 1, cause }
      const duration = course === 'slow' && depth === 1 ? 61_000 : typical + world.random.int(0, 200)
      const rows = happened(world, call, { job, duration, fails: course === 'fails' })
      waves[depth]?.invocations.push(rows.invocation)
      waves[depth]?.events.push(rows.event)
      waves[depth]?.jobs.push(rows.job)
      cause = { jobId: rows.job.id, link: 'recorded' }
      createdAt += 20 + duration + world.random.int(5, 40)
    }
  }
  return waves
}

function step(name: string, operation: ShopFunction['operation'], table: string | null, job: string, typical: number) {
  const module = { name: `${job}-due`, jobs: [{ name: job, typical, leadsTo: undefined }] }
  const func: ShopFunction = {
    name,
    table,
    operation,
    system: 'demo-back-office',
    roots: 0,
    events: [module],
    checks: [],
  }
  return { func, job, typical }
}

/** The rows of one invocation with one event and one job, which writes when it ends. */
function happened(
  world: World,
  call: Call,
  { job, duration, fails }: { job: string; duration: number; fails: boolean },
): { invocation: InvocationRow; event: EventRow; job: JobRow } {
  const { func, tree, createdAt, cause } = call
  const [id, event, jobId, sourceEvent] = [world.ids.id(), world.ids.id(), world.ids.id(), world.ids.id()]
  const failure = fails ? jobFailure(world.random, func.name, job) : null
  const total = 20 + duration + world.random.int(1, 9)
  const common = { updated_at: instant(createdAt + total + 2000), correlation_id: tree.correlationId }
  const failed = failure === null ? 0 : 1
  const byHand = func.operation === 'MANUAL'
  return {
    invocation: {
      ...common,
      id,
      created_at: instant(createdAt),
      source_function: func.name,
      source_table: func.table,
      source_operation: func.operation,
      source_system: func.system,
      source_job_id: cause?.jobId ?? null,
      source_event_id: byHand ? null : sourceEvent,
      source_event_payload: payload(world, call, sourceEvent),
      source_event_time: byHand ? null : instant(createdAt - 4),
      source_user_email: tree.user?.email ?? null,
      source_user_role: tree.user?.role ?? null,
      total_duration_ms: total,
      events_detected_count: 1,
      total_jobs_run: 1,
      total_jobs_succeeded: 1 - failed,
      total_jobs_failed: failed,
      auto_load_modules: true,
      event_modules_directory: `./events/${func.name}`,
      status: failure === null ? 'completed' : 'failed',
      error_message: null,
      error_stack: null,
      context_data: context(world, call),
    },
    event: {
      ...common,
      id: event,
      invocation_id: id,
      created_at: instant(createdAt + 15),
      event_name: func.events[0].name,
      event_module_path: `./events/${func.name}/${func.events[0].name}.js`,
      detected: true,
      detection_duration_ms: 12,
      detection_error: null,
      detection_error_stack: null,
      handler_duration_ms: duration + 5,
      handler_error: null,
      handler_error_stack: null,
      jobs_count: 1,
      jobs_succeeded: 1 - failed,
      jobs_failed: failed,
      status: 'completed',
    },
    job: {
      ...common,
      id: jobId,
      invocation_id: id,
      event_execution_id: event,
      created_at: instant(createdAt + 18),
      job_name: job,
      job_function_name: job,
      job_options: world.thin ? null : JSON.stringify({ retries: 0, statement: tree.subject }),
      duration_ms: duration,
      status: failure === null ? 'completed' : 'failed',
      result: world.thin || failure !== null ? null : JSON.stringify({ ok: true, statement: tree.subject }),
      error_message: failure?.message ?? null,
      error_stack: failure?.stack ?? null,
    },
  }
}
