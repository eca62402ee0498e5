import type { EventRow, InvocationRow, JobRow } from './rows.ts'
import type { CallSpec } from './scenarios.ts'
import type { InvocationTruth } from './truth.ts'
import { bounds, instantOf, type Cause, type World } from './world.ts'

/** A call of a function: its rows as they would be had it ended well, which its fate then changes. Times are ms since 1970, by a clock that is right. */
export interface Call {
  world: World
  spec: CallSpec
  cause: Cause
  functionName: string
  /** When the function was entered; its duration counts from here. */
  entry: number
  /** What created_at says: after the plugin's start. */
  start: number
  end: number
  /** Its rows were inserted while it ran, and updated at its end: updated_at is the database's clock. */
  rewritten: boolean
  invocation: InvocationRow
  truth: InvocationTruth
  events: EventRow[]
  /** The event whose handler runs the jobs; undefined: none is detected. */
  detected: EventRow | undefined
  jobs: JobRow[]
  /** What its jobs' writes fire. */
  next: Cause[]
  /** Nothing of it has arrived, and it may never. */
  lost: boolean
}

/** An instant by the clock of the call's host. */
export function hostTime({ truth }: Call, at: number): string {
  return instantOf(at + truth.clockSkewMs)
}

/** updated_at of a row that was written last at this instant. */
export function writtenAt(call: Call, at: number): string {
  return call.rewritten ? instantOf(at + call.world.random.int(2, bounds.writeLatencyMs)) : hostTime(call, at)
}
