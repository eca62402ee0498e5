import { crash } from './failures.ts'
import { runJobs, type JobsRun } from './jobs.ts'
import { instant, type EventRow } from './rows.ts'
import type { EventModule } from './shop.ts'
import type { Call, World } from './world.ts'

export interface Checked {
  row: EventRow
  run: JobsRun | null
  /** ms since 1970 */
  endsAt: number
}

/** Checks the event modules of a function in turn: a few are found and run their jobs, about twelve are not. Thin: one of each. */
export function checkEvents(world: World, call: Call, invocationId: string, crashes: boolean): Checked[] {
  const { random, thin } = world
  const found = new Set(chooseFound(world, call))
  const [victim] = found
  const missed = thin ? [] : call.func.events.filter((module) => !found.has(module))
  const vain = thin ? call.func.checks.slice(0, 1) : call.func.checks
  // The crash of a handler is also written into some events that were not detected.
  const contagious = crashes && random.chance(0.4)
  let crashed: EventRow | undefined

  const checked = [...found].map((module) => {
    if (!crashes || module !== victim) return handle(world, call, invocationId, module)
    const failed = failHandler(world, call, invocationId, module.name, random.chance(0.6))
    crashed = failed.row
    return failed
  })
  for (const { name } of missed) checked.push(miss(world, call, invocationId, name))
  for (const name of vain) {
    const blamed = contagious && random.chance(0.2)
    const innocent = miss(world, call, invocationId, name)
    if (blamed && crashed !== undefined) {
      // Drawn and left: what comes after it stays what it was, so the trees of a seed keep their ids.
      crash(random, call.func.name, name)
      blame(innocent.row, crashed)
    }
    checked.push(innocent)
  }
  return checked
}

/** One to three, the first of the function most often; in a special tree always the one whose job goes on. */
function chooseFound({ random, thin }: World, call: Call): EventModule[] {
  const { events } = call.func
  const f = random.fraction()
  const count = thin || f < 0.65 ? 1 : f < 0.92 ? 2 : 3
  const first = call.tree.kind !== 'ordinary' || random.chance(0.6) ? 0 : random.int(0, events.length - 1)
  return [...events, ...events].slice(first, first + count)
}

function miss(world: World, call: Call, invocationId: string, name: string): Checked {
  const { row, detectedAt } = detect(world, call, invocationId, name)
  return { row, run: null, endsAt: detectedAt }
}

function handle(world: World, call: Call, invocationId: string, module: EventModule): Checked {
  const { row, detectedAt } = detect(world, call, invocationId, module.name)
  const run = runJobs(world, call, { invocationId, eventId: row.id, detectedAt, module })
  row.detected = true
  row.handler_duration_ms = run.endsAt - detectedAt
  row.jobs_count = run.rows.length
  row.jobs_succeeded = run.rows.length - run.failed
  row.jobs_failed = run.failed
  row.status = 'completed'
  return { row, run, endsAt: run.endsAt }
}

/** The text of another event's crash in an event that was not detected. */
function blame(innocent: EventRow, { handler_error: text, handler_error_stack: stack }: EventRow): void {
  Object.assign(innocent, {
    status: 'detection_failed',
    detection_error: text,
    detection_error_stack: stack,
  } satisfies Partial<EventRow>)
}

/** A handler throws. `late`: the last flush calls it a failed detection, and does not say how long it took. */
function failHandler(world: World, call: Call, invocationId: string, name: string, late: boolean): Checked {
  const checked = miss(world, call, invocationId, name)
  const { message, stack } = crash(world.random, call.func.name, name)
  const took = late ? null : world.random.int(1, 90)
  Object.assign(checked.row, {
    status: late ? 'detection_failed' : 'handler_failed',
    detected: true,
    handler_duration_ms: took,
    handler_error: message,
    handler_error_stack: stack,
  } satisfies Partial<EventRow>)
  return { ...checked, endsAt: checked.endsAt + (took ?? 0) }
}

function detect(world: World, call: Call, invocationId: string, name: string): { row: EventRow; detectedAt: number } {
  const took = world.random.duration(12)
  const detectedAt = call.createdAt + 2 + took
  const row: EventRow = {
    id: world.ids.id(),
    invocation_id: invocationId,
    created_at: instant(detectedAt), // stamped at the end of detection
    updated_at: '',
    correlation_id: call.tree.correlationId,
    event_name: name,
    event_module_path: `./events/${call.func.name}/${name}.js`,
    detected: false,
    detection_duration_ms: took,
    detection_error: null,
    detection_error_stack: null,
    handler_duration_ms: null,
    handler_error: null,
    handler_error_stack: null,
    jobs_count: 0,
    jobs_succeeded: 0,
    jobs_failed: 0,
    status: 'not_detected',
  }
  return { row, detectedAt }
}
