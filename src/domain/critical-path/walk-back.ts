import { compareInstants, isBefore } from '../instant.ts'
import type { Activity } from './activity.ts'
import { createSteps, type Step } from './steps.ts'

/** Of equal ends: what lives rather than what is stale, then what began last, then what is deepest, so that the path tells most. */
export function endsLater(a: Activity, b: Activity | null): boolean {
  const [aEnd, bEnd] = [a.end ?? a.start, b && (b.end ?? b.start)]
  if (aEnd === null || a.start === null) return false
  if (b === null || bEnd === null || b.start === null) return true
  const order =
    compareInstants(aEnd, bEnd) ||
    Number(b.stale) - Number(a.stale) ||
    compareInstants(a.start, b.start) ||
    a.depth - b.depth ||
    (a.kind === b.kind ? (a.id < b.id ? -1 : 1) : a.kind === 'job' ? 1 : -1)
  return order > 0
}

/** From the last end up to the start of the tree; the steps in the order of time. */
export function walkBack(last: Activity, end: string): Step[] {
  const steps = createSteps(end)
  let from: Activity | null = null
  for (let at: Activity | null = last; at !== null && at.start !== null;) {
    if (at.kind === 'invocation') {
      runBack(at, from, steps)
      const { cause, eventTime } = at
      if (cause !== null && cause.start !== null) steps.handOver(at, cause, eventTime)
    } else {
      steps.work(at, at.start)
    }
    from = at
    at = at.cause
  }
  return steps.inOrder()
}

/**
 * Within an invocation: its own work, back over each job that was the last to end before it went on, to its start. `left`: the job by which the path left it.
 * A job that is recorded to have ended before its invocation began says nothing.
 */
function runBack(invocation: Activity, left: Activity | null, steps: ReturnType<typeof createSteps>): void {
  const start = invocation.start ?? steps.at()
  const ended = invocation.effects.filter(
    (job): job is Activity & { start: string; end: string } =>
      job !== left && job.start !== null && job.end !== null && !isBefore(job.end, start),
  )
  ended.sort((a, b) => compareInstants(b.end, a.end) || compareInstants(b.start, a.start) || (a.id < b.id ? 1 : -1))
  for (const job of ended) {
    if (isBefore(steps.at(), job.end)) continue
    steps.goOn(invocation, job.end)
    steps.work(job, job.start)
  }
  steps.work(invocation, start)
}
