import { hostTime, type Call } from './call.ts'
import type { EventRow } from './rows.ts'

/** The event modules that a call checks: a few in vain, the last one is found. */
export function checkEvents(call: Call): void {
  const {
    world: { random, options, truth },
    spec,
  } = call
  const undetected = options.large ? 12 : 3
  for (let n = 0; n <= undetected; n += 1) {
    const detected = n === undetected
    if (spec.fate === 'finds nothing') return
    const took = random.int(1, 20)
    const event: EventRow = {
      id: random.id(),
      invocation_id: call.invocation.id,
      created_at: hostTime(call, call.start + took),
      updated_at: hostTime(call, call.start + took),
      correlation_id: call.invocation.correlation_id,
      event_name: detected ? 'order-placed' : `order-checked-${n + 1}`,
      event_module_path: './events/order-placed.ts',
      detected,
      detection_duration_ms: took,
      detection_error: null,
      detection_error_stack: null,
      handler_duration_ms: null,
      handler_error: null,
      handler_error_stack: null,
      jobs_count: 0,
      jobs_succeeded: 0,
      jobs_failed: 0,
      status: detected ? 'completed' : 'not_detected',
    }
    call.events.push(event)
    truth.events.set(event.id, { dead: null, crash: null })
    if (detected) call.detected = event
    call.end = Math.max(call.end, call.start + took)
  }
}
