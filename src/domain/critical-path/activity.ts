import { isBefore } from '../instant.ts'
import { isUnderWay } from '../liveness.ts'
import type { Node, TreeJob } from '../tree/node.ts'

/** What took time in a tree: an invocation, or a job. Instants are text; see instant.ts. */
export interface Activity {
  kind: 'invocation' | 'job'
  id: string
  /** Of the function, or of the job. */
  name: string
  invocationId: string
  status: string
  stale: boolean
  depth: number
  /** Null: it is infinite, and nothing can be counted from it. */
  start: string | null
  /** Never before the start. What still runs, or is stale and has no end, ends at `asOf`. Null: nobody knows it. */
  end: string | null
  /** It has no end yet, and `end` is `asOf`. */
  open: boolean
  /** The latest that is known of it and of all that it led to: an end, or at least a start. Null: nothing finite. */
  last: string | null
  /** When the event happened that triggered this invocation; null: not known, or a job. */
  eventTime: string | null
  /** The job that triggered an invocation, or the invocation that ran a job; null at the start of the tree. */
  cause: Activity | null
  /** The jobs that an invocation ran, or the invocations that a job triggered. */
  effects: Activity[]
}

/** The activities of a tree; `nodes` by depth, parents first, as they are read. The first one is the start of the tree. */
export function activitiesOf(nodes: readonly Node[], asOf: string): Activity[] {
  const byJob = new Map<string, Activity>()
  const all: Activity[] = []
  for (const node of nodes) {
    const cause = node.depth === 0 ? null : (byJob.get(node.sourceJobId ?? '') ?? null)
    const invocation = ofInvocation(node, cause, asOf)
    cause?.effects.push(invocation)
    all.push(invocation)
    for (const job of node.jobs) {
      const run = ofJob(job, invocation, asOf)
      invocation.effects.push(run)
      byJob.set(job.id, run)
      all.push(run)
    }
  }
  // What an activity led to stands behind it in the list.
  for (const each of all.toReversed()) if (each.cause) each.cause.last = later(each.cause.last, each.last)
  return all
}

function ofInvocation(node: Node, cause: Activity | null, asOf: string): Activity {
  const start = finite(node.createdAt)
  const open = isUnderWay(node.status)
  const end = endNotBefore(start, open ? asOf : node.endedAt)
  return {
    kind: 'invocation',
    id: node.id,
    name: node.sourceFunction,
    invocationId: node.id,
    status: node.status,
    stale: node.stale,
    depth: node.depth,
    start,
    end,
    open: open && end !== null,
    last: end ?? start,
    eventTime: node.sourceEventTime === null ? null : finite(node.sourceEventTime),
    cause,
    effects: [],
  }
}

/** A job that says that it runs in an invocation that has ended was forgotten: nobody knows when it ended. */
function ofJob(job: TreeJob, invocation: Activity, asOf: string): Activity {
  const start = finite(job.startedAt)
  const open = job.endedAt === null && isUnderWay(job.status) && (!job.stale || isUnderWay(invocation.status))
  const end = endNotBefore(start, open ? asOf : job.endedAt)
  return {
    kind: 'job',
    id: job.id,
    name: job.name,
    invocationId: invocation.id,
    status: job.status,
    stale: job.stale,
    depth: invocation.depth,
    start,
    end,
    open: open && end !== null,
    last: end ?? start,
    eventTime: null,
    cause: invocation,
    effects: [],
  }
}

/** A negative duration, or a clock of the database that is behind, ends nothing before it starts. */
function endNotBefore(start: string | null, end: string | null): string | null {
  if (start === null || end === null || finite(end) === null) return null
  return isBefore(end, start) ? start : end
}

function finite(instant: string): string | null {
  return instant.endsWith('infinity') ? null : instant
}

function later(a: string | null, b: string | null): string | null {
  if (a === null || b === null) return a ?? b
  return isBefore(a, b) ? b : a
}
