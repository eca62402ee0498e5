import { instant, msBetween } from '../instant.ts'
import { invocation, type InvocationRow } from '../model/invocation.ts'
import type { MessageView } from '../privacy/error-message.ts'

/** A root with the figures of its tree, as the query reads them; `endedAt` is the latest end that is known. */
export interface TreeSummaryRow extends InvocationRow {
  invocations: number
  failedInvocations: number
  runningInvocations: number
  jobs: number
  failedJobs: number
  runningJobs: number
  startedAt: string
  endedAt: string
  cut: boolean
}

/** A tree of the list: failed when anything in it failed, else running while anything runs, else completed. The end is null while anything runs. */
export function treeSummary(row: TreeSummaryRow, messages: MessageView) {
  const { invocations, failedInvocations, jobs, failedJobs } = row
  const running = row.runningInvocations + row.runningJobs
  const startedAt = instant(row.startedAt)
  const endedAt = running > 0 ? null : instant(row.endedAt)
  return {
    root: invocation(row, messages),
    status: statusOf(failedInvocations + failedJobs, running),
    complete: !row.cut,
    invocations,
    jobs,
    failedInvocations,
    failedJobs,
    running,
    startedAt,
    endedAt,
    durationMs: endedAt === null ? null : msBetween(startedAt, endedAt),
  }
}

/** Of a tree: made by us of all that is in it. */
export type TreeStatus = 'failed' | 'running' | 'completed'

export type TreeSummary = ReturnType<typeof treeSummary>

function statusOf(failed: number, running: number): TreeStatus {
  if (failed > 0) return 'failed'
  return running > 0 ? 'running' : 'completed'
}
