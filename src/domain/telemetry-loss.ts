import { isUnderWay } from './liveness.ts'
import { counter } from './model/counter.ts'

/** How many jobs ran by the writer's own counter (null: unknown, for it holds no number of jobs), and how many rows of jobs there are. */
export interface TelemetryLoss {
  expectedJobs: number | null
  recordedJobs: number
}

/**
 * What the counter and the rows of an invocation or an event that has ended disagree about. Undefined where they agree, where the writer counted
 * nothing (null), and while it is under way: the counter is written at the end, which what is stale never reaches. Fewer rows than expected: rows of
 * jobs were lost. More: the handler crashed, the process died, or the last flush was lost, before the jobs were counted.
 */
export function telemetryLoss(
  { status, stale }: { status: string; stale: boolean },
  counted: number | null,
  recordedJobs: number,
): TelemetryLoss | undefined {
  if (counted === null || counted === recordedJobs || (isUnderWay(status) && !stale)) return undefined
  const expected = counter(counted)
  return { expectedJobs: expected !== null && expected >= 0 ? expected : null, recordedJobs }
}
