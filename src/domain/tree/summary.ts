import { isBefore, msBetween } from '../instant.ts'
import { hasFailed, isFailure } from '../model/status.ts'
import type { Node, Parts } from './node.ts'
import type { TreeLimits } from './row.ts'

/** Why a tree is not whole; the first that holds, in the order of what it hides. */
export interface Truncated {
  reason: 'max-nodes' | 'max-depth' | 'max-jobs'
  limit: number
}

/** Figures of the nodes that were returned. Times in ms, instants in ISO; the end and the duration are null while an invocation runs or is stale, the duration also where one of them is infinite. */
export interface Summary {
  complete: boolean
  invocations: number
  jobs: number
  failedInvocations: number
  failedJobs: number
  /** Invocations and jobs that run, the stale ones apart. */
  running: number
  runningInvocations: number
  runningJobs: number
  /** Invocations and jobs that are stale. */
  stale: number
  maxDepth: number
  startedAt: string
  endedAt: string | null
  durationMs: number | null
}

/** Sums up a tree while its nodes pass, in any order. */
export interface Summarizing {
  add(node: Node, parts: Pick<Parts, 'jobsInAll' | 'omitted'>): void
  /** The tree is cut by its number of invocations. */
  cut(): void
  summary(): Summary
  truncated(): Truncated | null
}

export function summarize({ maxDepth, maxNodes, maxJobs }: TreeLimits): Summarizing {
  const sum = { invocations: 0, jobs: 0, failedInvocations: 0, failedJobs: 0, maxDepth: 0 }
  const running = { invocations: 0, jobs: 0 }
  const stale = { invocations: 0, jobs: 0 }
  const cut = { nodes: false, depth: false, jobs: false }
  let start: string | null = null
  let end: string | null = null
  const span = (from: string, to: string | null): void => {
    // A negative duration ends nothing before it starts.
    const last = to === null || isBefore(to, from) ? from : to
    if (start === null || isBefore(from, start)) start = from
    if (end === null || isBefore(end, last)) end = last
  }
  const truncated = (): Truncated | null => {
    if (cut.nodes) return { reason: 'max-nodes', limit: maxNodes }
    if (cut.depth) return { reason: 'max-depth', limit: maxDepth }
    return cut.jobs ? { reason: 'max-jobs', limit: maxJobs } : null
  }
  return {
    add(node, { jobsInAll, omitted }) {
      sum.invocations += 1
      sum.jobs += node.jobs.length
      sum.maxDepth = Math.max(sum.maxDepth, node.depth)
      if (hasFailed(node)) sum.failedInvocations += 1
      if (node.stale) stale.invocations += 1
      else if (node.status === 'running') running.invocations += 1
      span(node.createdAt, node.endedAt)
      for (const job of node.jobs) {
        if (isFailure(job.status)) sum.failedJobs += 1
        if (job.stale) stale.jobs += 1
        else if (job.status === 'running') running.jobs += 1
        span(job.startedAt, job.endedAt)
      }
      if (omitted > 0) cut[node.depth >= maxDepth ? 'depth' : 'nodes'] = true
      if (jobsInAll !== null && jobsInAll > node.jobs.length) cut.jobs = true
    },
    cut() {
      cut.nodes = true
    },
    summary() {
      const { invocations, jobs, failedInvocations, failedJobs, maxDepth: depth } = sum
      const ended = running.invocations + running.jobs + stale.invocations === 0
      return {
        complete: truncated() === null,
        invocations,
        jobs,
        failedInvocations,
        failedJobs,
        running: running.invocations + running.jobs,
        runningInvocations: running.invocations,
        runningJobs: running.jobs,
        stale: stale.invocations + stale.jobs,
        maxDepth: depth,
        ...period(start ?? '', ended ? end : null),
      }
    },
    truncated,
  }
}

function period(startedAt: string, endedAt: string | null) {
  return { startedAt, endedAt, durationMs: endedAt === null ? null : msBetween(startedAt, endedAt) }
}
