import { msBetween } from '../instant.ts'
import type { Node } from '../tree/node.ts'
import { activitiesOf, type Activity } from './activity.ts'
import { siblingsOf, type Siblings } from './slack.ts'
import type { Step } from './steps.ts'
import { endsLater, walkBack } from './walk-back.ts'

/** A part of the critical path: one activity, or the wait between a job and what it triggered. Durations in ms. */
export interface Segment {
  /** working: an invocation or a job was at work. waiting: the job had done its part, and what it triggered had not begun. */
  kind: 'working' | 'waiting'
  /** What worked, or what was waited for: an invocation (by its function) or a job. */
  of: 'invocation' | 'job'
  name: string
  id: string
  invocationId: string
  status: string
  stale: boolean
  startedAt: string
  endedAt: string
  durationMs: number
  /** Its part of the whole, 0 to 1; 0 if the whole took no time. */
  share: number
  /**
   * What ties it to the segment before. start: the first one. link: the rows do (a job names its invocation, an invocation its job). time: it went on when that one had ended,
   * and no row says that it waited for it.
   */
  by: 'start' | 'rows' | 'time'
  /** Of a wait alone: it began at the time of the event, or at the end of the job. */
  since?: 'event' | 'job-end'
  /** By how much it is recorded to have begun after what it led to: the clocks of two hosts disagree. The segment is cut there, so it is never negative. */
  clockSkewMs: number | null
  /** What ran beside it, with the slack of each. */
  siblings: Siblings
}

export interface CriticalPath {
  /** Something in the tree runs or is stale: the path ends at `asOf`. */
  open: boolean
  clockSkew: boolean
  /** From the start of the tree to its last end; null if no instant in it is finite. */
  startedAt: string | null
  endedAt: string | null
  durationMs: number
  workingMs: number
  waitingMs: number
  /** In the order of time. */
  segments: Segment[]
}

/**
 * The chain of activities that decided when a tree ended, found by walking back from its last end.
 *
 * Sources: the critical path of a program with messages (Yang and Miller, Critical Path Analysis for the Execution of Parallel and Distributed Programs, ICDCS 1988); the walk back
 * from the last end, and "whoever ended last before that was waited for" among the jobs of one invocation (Zhang et al., CRISP: Critical Path Analysis of Large-Scale Microservice
 * Architectures, USENIX ATC 2022). CRISP cuts each child off at the end of its parent. Here links are explicit and asynchronous: an invocation outlives the job that triggered it,
 * so nothing is cut off at its parent, and the walk crosses from an invocation to the job at the time when the job handed over.
 *
 * The segments follow each other without a gap, so their shares sum to 1. It takes no recursion: a chain may be 5,000 deep. `nodes`: by depth, parents first.
 * `until`: an invocation of the tree; the path ends when that ended, and not with the tree.
 */
export function criticalPath(nodes: readonly Node[], asOf: string, until?: string): CriticalPath {
  const activities = activitiesOf(nodes, asOf)
  const open = activities.some((each) => each.open)
  const last =
    until === undefined
      ? activities.reduce<Activity | null>((best, each) => (endsLater(each, best) ? each : best), null)
      : (activities.find(({ kind, id }) => kind === 'invocation' && id === until) ?? null)
  const end = last && (last.end ?? last.start)
  if (last === null || end === null)
    return {
      open,
      clockSkew: false,
      startedAt: null,
      endedAt: null,
      durationMs: 0,
      workingMs: 0,
      waitingMs: 0,
      segments: [],
    }
  const steps = walkBack(last, end)
  const startedAt = steps[0]?.from ?? end
  const whole = msBetween(startedAt, end) ?? 0
  const sum = { working: 0, waiting: 0 }
  const siblings = siblingsOf(steps, end)
  const segments = steps.map((step): Segment => {
    const durationMs = msBetween(step.from, step.to) ?? 0
    sum[step.kind] += durationMs
    return segment(step, durationMs, whole, siblings(step))
  })
  return {
    open,
    clockSkew: steps.some(({ skewMs }) => skewMs !== null),
    startedAt,
    endedAt: end,
    durationMs: whole,
    workingMs: exact(sum.working),
    waitingMs: exact(sum.waiting),
    segments,
  }
}

function segment(step: Step, durationMs: number, whole: number, siblings: Siblings): Segment {
  const { activity, kind, from, to, by, since, skewMs } = step
  return {
    kind,
    of: activity.kind,
    name: activity.name,
    id: activity.id,
    invocationId: activity.invocationId,
    status: activity.status,
    stale: activity.stale,
    startedAt: from,
    endedAt: to,
    durationMs,
    share: whole === 0 ? 0 : durationMs / whole,
    by,
    ...(since === null ? {} : { since }),
    clockSkewMs: skewMs,
    siblings,
  }
}

/** Sums of binary fractions are told to the microsecond. */
function exact(ms: number): number {
  return Math.round(ms * 1000) / 1000
}
