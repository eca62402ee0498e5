import type { ColumnsOf } from '../fields.ts'
import { instant, msBetween } from '../instant.ts'
import type { Clock } from '../liveness.ts'
import { columnsOfInvocation, invocation, type InvocationRow } from '../model/invocation.ts'
import type { MessageView } from '../privacy/error-message.ts'

/** A root with the figures of its tree, as the query reads them; `endedAt` is the latest end that is known. */
export interface TreeSummaryRow extends InvocationRow {
  invocations: number
  failedInvocations: number
  /** Live ones, and stale ones beside them. */
  runningInvocations: number
  staleInvocations: number
  jobs: number
  failedJobs: number
  runningJobs: number
  staleJobs: number
  startedAt: string
  endedAt: string
  /** The latest end of the root's own jobs. */
  lastJobEnd: string | null
  cut: boolean
}

/**
 * A tree of the list: failed when anything in it failed, else running while anything lives, else stale when anything is, else completed. The end is
 * null while an invocation runs or is stale: nobody knows it. A job that is stale in an invocation that has ended was forgotten, and hides no end.
 */
export function treeSummary(row: TreeSummaryRow, messages: MessageView, clock: Clock) {
  const { invocations, failedInvocations, jobs, failedJobs, runningInvocations, runningJobs } = row
  const running = runningInvocations + runningJobs
  const stale = row.staleInvocations + row.staleJobs
  const startedAt = instant(row.startedAt)
  const endedAt = running + row.staleInvocations > 0 ? null : instant(row.endedAt)
  return {
    root: invocation(row, messages, clock, row.lastJobEnd === null ? null : instant(row.lastJobEnd)),
    status: statusOf(failedInvocations + failedJobs, running, stale),
    complete: !row.cut,
    invocations,
    jobs,
    failedInvocations,
    failedJobs,
    running,
    runningInvocations,
    runningJobs,
    stale,
    startedAt,
    endedAt,
    durationMs: endedAt === null ? null : msBetween(startedAt, endedAt),
  }
}

/** The columns of which each field of it is made. The figures sum up rows that are not shown, and are made of all of them. */
export const columnsOfTree: ColumnsOf<keyof InvocationRow> = {
  ...Object.fromEntries(Object.entries(columnsOfInvocation).map(([name, columns]) => [`root.${name}`, columns])),
  status: [],
  complete: [],
  invocations: [],
  jobs: [],
  failedInvocations: [],
  failedJobs: [],
  running: [],
  runningInvocations: [],
  runningJobs: [],
  stale: [],
  startedAt: [],
  endedAt: [],
  durationMs: [],
}

/** Of a tree: made by us of all that is in it. */
export const treeStatuses = ['running', 'stale', 'completed', 'failed'] as const

export type TreeStatus = (typeof treeStatuses)[number]

export type TreeSummary = ReturnType<typeof treeSummary>

/** Of a tree in which so many rows failed, live, and are stale. */
export function statusOf(failed: number, running: number, stale: number): TreeStatus {
  if (failed > 0) return 'failed'
  if (running > 0) return 'running'
  return stale > 0 ? 'stale' : 'completed'
}
