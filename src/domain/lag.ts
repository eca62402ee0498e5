import { addMs, isBefore, msBetween } from './instant.ts'

/** When a job began (ISO), and how long it took, ms. */
export interface JobTime {
  startedAt: string
  durationMs: number | null
}

/** How an invocation follows the job that triggered it. */
export interface Lag {
  /** Its start less the job's end, ms: null while the job has no duration or one of them is infinite; negative when they overlap, which is normal, for a job writes before it ends. */
  lagMs: number | null
  /** It started before the job did, which only clocks that disagree can do. */
  clockSkew: boolean
}

/** The lag of an invocation that was created at an instant (ISO). */
export function lagBehind({ startedAt, durationMs }: JobTime, createdAt: string): Lag {
  return {
    lagMs: durationMs === null ? null : msBetween(addMs(startedAt, durationMs), createdAt),
    clockSkew: isBefore(createdAt, startedAt),
  }
}
