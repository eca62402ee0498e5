import type { MessageView } from '../privacy/error-message.ts'
import { crashOf, type CrashRow } from './crash.ts'
import type { ColumnsOf } from '../fields.ts'
import { endOf, instant } from '../instant.ts'
import { lagBehind } from '../lag.ts'
import type { Link } from '../link/rule.ts'
import { isStale, signForParts, type Clock } from '../liveness.ts'

/** The job that triggered, and its invocation, as the queries read them. */
export interface TriggeringRow {
  triggeringInvocationId: string
  triggeringFunction: string
  jobId: string
  jobName: string
  jobStatus: string
  jobDurationMs: number | null
  jobCreatedAt: string
  /** See Life; that of the triggered invocation stands beside it. */
  jobSignOfLife: string | null
  /** The transactions that wrote the two rows last, and when (xmin, updated_at). */
  triggeringVersion: string
}

/** A job-to-job link as the query reads it: who triggered, what was triggered, and the first of the jobs that ran then. */
export interface ChainRow extends TriggeringRow {
  id: string
  sourceFunction: string
  status: string
  crash: CrashRow | null
  durationMs: number | null
  createdAt: string
  signOfLife: string | null
  correlationId: string | null
  /** What is kept of the link; null or absent: it is recorded. */
  link?: Link | null
  jobCount: number
  jobs: Array<{ id: string; name: string; status: string; durationMs: number | null }>
  /** The transactions that wrote all these rows last, and when (xmin, updated_at). */
  version: string
}

export function triggering(row: TriggeringRow, clock: Clock) {
  const startedAt = instant(row.jobCreatedAt)
  return {
    invocationId: row.triggeringInvocationId,
    sourceFunction: row.triggeringFunction,
    job: {
      id: row.jobId,
      name: row.jobName,
      status: row.jobStatus,
      stale: isStale({ status: row.jobStatus, durationMs: row.jobDurationMs, signOfLife: row.jobSignOfLife }, clock),
      durationMs: row.jobDurationMs,
      startedAt,
      endedAt: endOf(startedAt, row.jobDurationMs),
    },
  }
}

/** A link as it is answered. */
export function chain(row: ChainRow, messages: MessageView, clock: Clock) {
  const from = triggering(row, clock)
  const createdAt = instant(row.createdAt)
  return {
    triggering: from,
    triggered: {
      invocationId: row.id,
      sourceFunction: row.sourceFunction,
      status: row.status,
      stale: isStale(row, clock),
      ...crashOf(row.crash, messages),
      durationMs: row.durationMs,
      createdAt,
      jobs: {
        count: row.jobCount,
        data: row.jobs.map(({ id, name, status, durationMs: took }) => ({
          id,
          name,
          status,
          stale: isStale({ status, durationMs: took, signOfLife: signForParts(row) }, clock),
        })),
      },
    },
    ...lagBehind(from.job, createdAt),
    link: row.link ?? ('recorded' as const),
    correlationId: row.correlationId,
  }
}

export type Chain = ReturnType<typeof chain>

const lag = ['jobCreatedAt', 'jobDurationMs', 'createdAt'] as const
const life = ['status', 'durationMs', 'signOfLife'] as const

/** The columns of which each field of a link is made. */
export const columnsOfChain = {
  'triggering.invocationId': ['triggeringInvocationId'],
  'triggering.sourceFunction': ['triggeringFunction'],
  'triggering.job.id': ['jobId'],
  'triggering.job.name': ['jobName'],
  'triggering.job.status': ['jobStatus'],
  'triggering.job.stale': ['jobStatus', 'jobDurationMs', 'jobSignOfLife'],
  'triggering.job.durationMs': ['jobDurationMs'],
  'triggering.job.startedAt': ['jobCreatedAt'],
  'triggering.job.endedAt': ['jobCreatedAt', 'jobDurationMs'],
  'triggered.invocationId': ['id'],
  'triggered.sourceFunction': ['sourceFunction'],
  'triggered.status': ['status'],
  'triggered.stale': life,
  'triggered.crashed': ['crash'],
  'triggered.crash': ['crash'],
  'triggered.durationMs': ['durationMs'],
  'triggered.createdAt': ['createdAt'],
  'triggered.jobs.count': ['jobs'],
  'triggered.jobs.data': ['jobs', ...life],
  lagMs: lag,
  clockSkew: lag,
  link: ['link'],
  correlationId: ['correlationId'],
} as const satisfies ColumnsOf<keyof ChainRow>
