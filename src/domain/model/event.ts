import type { ColumnsOf } from '../fields.ts'
import { instant } from '../instant.ts'
import { isStale, type Clock } from '../liveness.ts'
import { shownMessage, type MessageView } from '../privacy/error-message.ts'
import { counter } from './counter.ts'

/** One event module checked during an invocation, as the queries read it. */
export interface EventRow {
  id: string
  invocationId: string
  createdAt: string
  name: string
  detected: boolean
  status: string
  detectionDurationMs: number | null
  handlerDurationMs: number | null
  jobsRun: number | null
  jobsSucceeded: number | null
  jobsFailed: number | null
  correlationId: string | null
  errorMessage: string | null
  /** See Life; looked up for what runs alone. */
  signOfLife: string | null
  /** The transaction that wrote the row last, and when (xmin, updated_at). */
  version: string
}

/** An event as it is answered. `createdAt` is the end of its detection: that is when the writer stamps it. */
export function event(row: EventRow, messages: MessageView, clock: Clock) {
  const { status, handlerDurationMs, signOfLife } = row
  return {
    id: row.id,
    invocationId: row.invocationId,
    name: row.name,
    detected: row.detected,
    status,
    stale: isStale({ status, durationMs: handlerDurationMs, signOfLife }, clock),
    detectionDurationMs: row.detectionDurationMs,
    handlerDurationMs,
    createdAt: instant(row.createdAt),
    jobs: { run: counter(row.jobsRun), succeeded: counter(row.jobsSucceeded), failed: counter(row.jobsFailed) },
    correlationId: row.correlationId,
    errorMessage: shownMessage(row.errorMessage, messages),
  }
}

export type Event = ReturnType<typeof event>

/** The columns of which each field of an event is made. */
export const columnsOfEvent = {
  id: ['id'],
  invocationId: ['invocationId'],
  name: ['name'],
  detected: ['detected'],
  status: ['status'],
  stale: ['status', 'handlerDurationMs', 'signOfLife'],
  detectionDurationMs: ['detectionDurationMs'],
  handlerDurationMs: ['handlerDurationMs'],
  createdAt: ['createdAt'],
  'jobs.run': ['jobsRun'],
  'jobs.succeeded': ['jobsSucceeded'],
  'jobs.failed': ['jobsFailed'],
  correlationId: ['correlationId'],
  errorMessage: ['errorMessage'],
} as const satisfies ColumnsOf<keyof EventRow>
