/** The words that the writers put into a status. A column may hold any other text: it is answered as it stands, and says nothing of how the row ended. */
const ofRuns = ['running', 'completed', 'failed', 'timeout', 'timed_out', 'skipped']
const ofEvents = [
  'detecting',
  'not_detected',
  'handling',
  'completed',
  'failed',
  'detection_failed',
  'handler_failed',
  'timeout',
  'timed_out',
  'skipped',
]

/** By table, what a filter on its status may name. */
export interface Statuses {
  invocations: readonly string[]
  event_executions: readonly string[]
  job_executions: readonly string[]
}

export const knownStatuses: Statuses = {
  invocations: ofRuns,
  event_executions: ofEvents,
  job_executions: ofRuns,
}

const failures = new Set(['failed', 'timeout', 'timed_out'])

/** Did a row with this status fail by it? `skipped` is neither a failure nor a success. In SQL the same is `hasFailed` (src/queries/outcome.ts). */
export function isFailure(status: string): boolean {
  return failures.has(status)
}

/** Did an invocation fail: by its status, or because one of its events crashed? */
export function hasFailed({ status, crashed }: { status: string; crashed: boolean }): boolean {
  return crashed || isFailure(status)
}

/** How an invocation came out, as a list of them is asked. `crashed` is a part of `failed`, and none that crashed is in the others. A status in other words has no outcome. */
export const outcomes = ['failed', 'crashed', 'completed', 'running', 'stale'] as const

export type Outcome = (typeof outcomes)[number]
