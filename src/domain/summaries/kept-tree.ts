import { instant, msBetween } from '../instant.ts'
import type { Clock } from '../liveness.ts'
import { invocation, type InvocationRow } from '../model/invocation.ts'
import type { MessageView } from '../privacy/error-message.ts'
import type { TreeStatus, TreeSummary } from '../tree/tree-summary.ts'

/** What trees are sorted by; failed: failed invocations and failed jobs together. */
export const treeSorts = ['duration', 'invocations', 'failed'] as const

export type TreeSort = (typeof treeSorts)[number]

/** Whether a tree may have this figure: Postgres holds durations as doubles, and what is counted as integers of 4 bytes. */
export function isTreeFigure(sort: TreeSort, figure: number): boolean {
  return sort === 'duration' ? Number.isFinite(figure) : Number.isInteger(figure) && Math.abs(figure) < 2 ** 31
}

/** A root, and what is kept of its tree, as the query reads them; instants are Postgres text. */
export interface KeptTreeRow extends InvocationRow {
  treeStatus: TreeStatus
  complete: boolean
  invocations: number
  jobs: number
  failedInvocations: number
  failedJobs: number
  runningInvocations: number
  runningJobs: number
  staleRows: number
  startedAt: string
  /** Of the tree; null while it is not over. */
  treeEnd: string | null
  /** The latest end of the root's own jobs. */
  lastJobEnd: string | null
  /** What the list is sorted by; null if that is the start. */
  figure: number | null
}

/** A tree of the list, as it was when it was summed up; its root as it is now. */
export function keptTree(row: KeptTreeRow, messages: MessageView, clock: Clock): TreeSummary {
  const { invocations, jobs, failedInvocations, failedJobs, runningInvocations, runningJobs } = row
  const startedAt = instant(row.startedAt)
  const endedAt = row.treeEnd === null ? null : instant(row.treeEnd)
  return {
    root: invocation(row, messages, clock, row.lastJobEnd === null ? null : instant(row.lastJobEnd)),
    status: row.treeStatus,
    complete: row.complete,
    invocations,
    jobs,
    failedInvocations,
    failedJobs,
    running: runningInvocations + runningJobs,
    runningInvocations,
    runningJobs,
    stale: row.staleRows,
    startedAt,
    endedAt,
    durationMs: endedAt === null ? null : msBetween(startedAt, endedAt),
  }
}
