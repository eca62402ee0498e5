import type { ColumnsOf } from '../fields.ts'
import { endOf, instant } from '../instant.ts'
import { isStale, type Clock } from '../liveness.ts'
import { shownMessage, type MessageView } from '../privacy/error-message.ts'

/** A job as the queries read it. */
export interface JobRow {
  id: string
  invocationId: string
  eventExecutionId: string
  createdAt: string
  name: string
  functionName: string | null
  status: string
  durationMs: number | null
  correlationId: string | null
  errorMessage: string | null
  /** See Life; looked up for what runs alone. */
  signOfLife: string | null
  /** The transaction that wrote the row last, and when (xmin, updated_at). */
  version: string
}

/** A job as it is answered. Its end is its start plus its duration, never `updated_at`, which a trigger moves. */
export function job(row: JobRow, messages: MessageView, clock: Clock) {
  const startedAt = instant(row.createdAt)
  return {
    id: row.id,
    invocationId: row.invocationId,
    eventExecutionId: row.eventExecutionId,
    name: row.name,
    functionName: row.functionName,
    status: row.status,
    stale: isStale(row, clock),
    durationMs: row.durationMs,
    startedAt,
    endedAt: endOf(startedAt, row.durationMs),
    correlationId: row.correlationId,
    errorMessage: shownMessage(row.errorMessage, messages),
  }
}

export type Job = ReturnType<typeof job>

/** The columns of which each field of a job is made. */
export const columnsOfJob = {
  id: ['id'],
  invocationId: ['invocationId'],
  eventExecutionId: ['eventExecutionId'],
  name: ['name'],
  functionName: ['functionName'],
  status: ['status'],
  stale: ['status', 'durationMs', 'signOfLife'],
  durationMs: ['durationMs'],
  startedAt: ['createdAt'],
  endedAt: ['createdAt', 'durationMs'],
  correlationId: ['correlationId'],
  errorMessage: ['errorMessage'],
} as const satisfies ColumnsOf<keyof JobRow>
