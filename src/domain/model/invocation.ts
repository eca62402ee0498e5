import { endOfInvocation } from '../ends.ts'
import type { ColumnsOf } from '../fields.ts'
import { instant } from '../instant.ts'
import { shownLink, type Link } from '../link/rule.ts'
import { isStale, type Clock } from '../liveness.ts'
import { shownMessage, type MessageView } from '../privacy/error-message.ts'
import { counter } from './counter.ts'
import { crashOf, type CrashRow } from './crash.ts'

/** An invocation as the queries read it: timestamps as Postgres text, durations in ms, the writer's own counters. */
export interface InvocationRow {
  id: string
  createdAt: string
  /** Null in tables that somebody made by hand. */
  updatedAt: string | null
  durationMs: number | null
  /** As the writer wrote it; see model/status.ts. */
  status: string
  /** The first of its events that crashed; null: none. */
  crash: CrashRow | null
  sourceFunction: string
  sourceTable: string | null
  sourceOperation: string | null
  sourceSystem: string | null
  sourceEventId: string | null
  sourceEventTime: string | null
  correlationId: string | null
  sourceJobId: string | null
  /** What is kept of its link; null or absent: nothing, and sourceJobId tells. */
  link?: Link | null
  eventsDetected: number | null
  jobsRun: number | null
  jobsSucceeded: number | null
  jobsFailed: number | null
  errorMessage: string | null
  /** See Life; looked up for what runs alone. */
  signOfLife: string | null
  /** The transaction that wrote the row last, and when (xmin, updated_at). */
  version: string
}

/**
 * An invocation as it is answered: instants in ISO with six digits; `jobs` are the writer's counters, which may disagree with the rows.
 * `lastJobEnd`: the latest of its jobs' ends, where its jobs were read; see endOfInvocation.
 */
export function invocation(row: InvocationRow, messages: MessageView, clock: Clock, lastJobEnd: string | null = null) {
  const createdAt = instant(row.createdAt)
  const { durationMs } = row
  return {
    id: row.id,
    createdAt,
    endedAt: endOfInvocation({ createdAt, updatedAt: row.updatedAt && instant(row.updatedAt), durationMs }, lastJobEnd),
    durationMs,
    status: row.status,
    stale: isStale(row, clock),
    ...crashOf(row.crash, messages),
    sourceFunction: row.sourceFunction,
    sourceTable: row.sourceTable,
    sourceOperation: row.sourceOperation,
    sourceSystem: row.sourceSystem,
    sourceEventId: row.sourceEventId,
    sourceEventTime: row.sourceEventTime === null ? null : instant(row.sourceEventTime),
    correlationId: row.correlationId,
    sourceJobId: row.sourceJobId,
    link: shownLink(row),
    eventsDetected: counter(row.eventsDetected),
    jobs: { run: counter(row.jobsRun), succeeded: counter(row.jobsSucceeded), failed: counter(row.jobsFailed) },
    errorMessage: shownMessage(row.errorMessage, messages),
  }
}

export type Invocation = ReturnType<typeof invocation>

const life = ['status', 'durationMs', 'signOfLife'] as const

/** The columns of which each field of an invocation is made. */
export const columnsOfInvocation = {
  id: ['id'],
  createdAt: ['createdAt'],
  endedAt: ['createdAt', 'updatedAt', 'durationMs'],
  durationMs: ['durationMs'],
  status: ['status'],
  stale: life,
  crashed: ['crash'],
  crash: ['crash'],
  sourceFunction: ['sourceFunction'],
  sourceTable: ['sourceTable'],
  sourceOperation: ['sourceOperation'],
  sourceSystem: ['sourceSystem'],
  sourceEventId: ['sourceEventId'],
  sourceEventTime: ['sourceEventTime'],
  correlationId: ['correlationId'],
  sourceJobId: ['sourceJobId'],
  link: ['link', 'sourceJobId'],
  eventsDetected: ['eventsDetected'],
  'jobs.run': ['jobsRun'],
  'jobs.succeeded': ['jobsSucceeded'],
  'jobs.failed': ['jobsFailed'],
  errorMessage: ['errorMessage'],
} as const satisfies ColumnsOf<keyof InvocationRow>
