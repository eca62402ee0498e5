import type { Call } from './call.ts'
import { crashText, thrownIn, type Thrown } from './crash.ts'
import type { EventRow, InvocationRow } from './rows.ts'
import { isEventKit } from './world.ts'

/** A handler throws. The old writer says so in three events that have nothing to do with it too, and completes the invocation. */
export function crashAmongOthers(call: Call): void {
  const thrown = handlerThrows(call)
  if (thrown === undefined || isEventKit(call.world)) return
  const text = crashText(thrown)
  for (const event of call.events.slice(-4)) {
    const failed = {
      status: 'detection_failed',
      detection_error: text,
      detection_error_stack: thrown.stack,
      handler_error: thrown.message,
      handler_error_stack: thrown.stack,
    }
    Object.assign(event, failed satisfies Partial<EventRow>)
    if (!event.detected) call.world.truth.events.set(event.id, { dead: null, crash: 'of another' })
  }
}

export function crashAlone(call: Call): void {
  handlerThrows(call)
}

/** A flush between the crash and the end takes the text into the invocation; at times it is the last one. */
export function crashBeforeFlush(call: Call): void {
  crashAmongOthers(call)
  const {
    world: { random },
    invocation,
    detected,
  } = call
  if (detected === undefined || isEventKit(call.world)) return
  Object.assign(invocation, {
    error_message: detected.detection_error,
    error_stack: detected.detection_error_stack,
  } satisfies Partial<InvocationRow>)
  if (random.chance(0.5))
    Object.assign(invocation, { status: 'failed', total_duration_ms: null } satisfies Partial<InvocationRow>)
}

/** The row of the event, and the invocation's: the jobs that the handler had run are counted by nobody (EventKit counts them). */
function handlerThrows(call: Call): Thrown | undefined {
  const { world, invocation, detected, jobs, truth, functionName } = call
  if (detected === undefined) return undefined
  const thrown = thrownIn(world.random, functionName, detected.event_name, 'handler')
  world.truth.events.set(detected.id, { dead: null, crash: 'own' })
  if (isEventKit(world)) {
    Object.assign(detected, {
      status: 'failed',
      handler_error: thrown.message,
      handler_error_stack: thrown.stack,
    } satisfies Partial<EventRow>)
    fail(invocation, thrown)
    truth.crash = { eventId: detected.id, message: thrown.message, recorded: true }
    return thrown
  }
  const text = crashText(thrown)
  Object.assign(detected, {
    status: 'handler_failed',
    handler_duration_ms: null,
    handler_error: text,
    handler_error_stack: thrown.stack,
    jobs_count: 0,
    jobs_succeeded: 0,
    jobs_failed: 0,
  } satisfies Partial<EventRow>)
  Object.assign(invocation, {
    status: 'completed',
    events_detected_count: 0,
    total_jobs_run: 0,
    total_jobs_succeeded: 0,
    total_jobs_failed: 0,
  } satisfies Partial<InvocationRow>)
  truth.crash = { eventId: detected.id, message: text.split('\n')[0] ?? '', recorded: true }
  truth.miscounted = jobs.length > 0
  return thrown
}

/** A detector throws: to the old writer that is an event which was not detected. */
export function detectorThrows({ world, invocation, events, truth, functionName }: Call): void {
  const [event] = events
  if (event === undefined) return
  const thrown = thrownIn(world.random, functionName, event.event_name, 'detector')
  const recorded = isEventKit(world)
  truth.crash = { eventId: event.id, message: thrown.message, recorded }
  world.truth.events.set(event.id, { dead: null, crash: recorded ? 'own' : 'unrecorded' })
  if (!recorded) return
  Object.assign(event, {
    status: 'failed',
    detection_error: thrown.message,
    detection_error_stack: thrown.stack,
  } satisfies Partial<EventRow>)
  fail(invocation, thrown)
}

function fail(invocation: InvocationRow, { message, stack }: Thrown): void {
  Object.assign(invocation, {
    status: 'failed',
    error_message: message,
    error_stack: stack,
  } satisfies Partial<InvocationRow>)
}
