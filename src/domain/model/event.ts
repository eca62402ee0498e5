import { instant } from '../instant.ts'

/** One event module checked during an invocation, as the queries read it. */
export interface EventRow {
  id: string
  createdAt: string
  name: string
  detected: boolean
  status: string
  detectionDurationMs: number | null
  handlerDurationMs: number | null
  jobsRun: number | null
  jobsSucceeded: number | null
  jobsFailed: number | null
  errorMessage: string | null
  /** The transaction that wrote the row last, and when (xmin, updated_at). */
  version: string
}

/** An event as it is answered. `createdAt` is the end of its detection: that is when the writer stamps it. */
export function event({ createdAt, jobsRun, jobsSucceeded, jobsFailed, version: _version, ...row }: EventRow) {
  return { ...row, createdAt: instant(createdAt), jobs: { run: jobsRun, succeeded: jobsSucceeded, failed: jobsFailed } }
}

export type Event = ReturnType<typeof event>
