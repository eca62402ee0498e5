import { instant } from '../instant.ts'
import { shownMessage, type MessageView } from '../privacy/error-message.ts'
import { counter } from './counter.ts'

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
export function event(
  { createdAt, jobsRun, jobsSucceeded, jobsFailed, errorMessage, version: _version, ...row }: EventRow,
  messages: MessageView,
) {
  return {
    ...row,
    createdAt: instant(createdAt),
    jobs: { run: counter(jobsRun), succeeded: counter(jobsSucceeded), failed: counter(jobsFailed) },
    errorMessage: shownMessage(errorMessage, messages),
  }
}

export type Event = ReturnType<typeof event>
