import { isBefore, msBetween } from '../instant.ts'
import type { Activity } from './activity.ts'
import type { Step } from './steps.ts'

/** What ran beside a part of the path: of a job the other jobs of its invocation, of a triggered invocation the others that its job triggered. */
export interface Siblings {
  count: number
  /** Those with the least slack, at most SHOWN of them. */
  data: Sibling[]
}

export interface Sibling {
  of: 'invocation' | 'job'
  id: string
  name: string
  status: string
  /** Null: it has not ended, or nobody knows when. */
  endedAt: string | null
  /**
   * By how much later it and all that it led to could have run, in ms, without the path ending later: up to the end of the path, and up to the end of the job that its invocation
   * waited for. Null: nobody knows when it ended.
   */
  slackMs: number | null
}

/** Siblings that are shown of one part of the path. */
export const SHOWN = 5

const NONE: Siblings = { count: 0, data: [] }

/** Tells the siblings of each step: those of a job at the last job of its invocation that is on the path, those of an invocation at its first step. */
export function siblingsOf(steps: readonly Step[], end: string): (step: Step) => Siblings {
  const onPath = new Set(steps.map(({ activity }) => activity))
  const toldAt = new Map<Activity | null, Step>()
  for (const step of steps) {
    const { activity, kind } = step
    if (kind === 'waiting' || activity.cause === null) continue
    if (activity.kind === 'job' || !toldAt.has(activity.cause)) toldAt.set(activity.cause, step)
  }
  const waitedFor = waits(steps)
  return (step) => {
    const { cause } = step.activity
    if (cause === null || toldAt.get(cause) !== step) return NONE
    const others = cause.effects.filter((each) => !onPath.has(each))
    if (others.length === 0) return NONE
    const fanIns = waitedFor.get(cause) ?? []
    const data = others.map((each) => sibling(each, fanIns, end)).sort(bySlack)
    return { count: data.length, data: data.slice(0, SHOWN) }
  }
}

/** By invocation: the ends of the jobs of the path that it waited for, in the order of time. */
function waits(steps: readonly Step[]): Map<Activity, string[]> {
  const ends = new Map<Activity, string[]>()
  for (const [nth, { activity }] of steps.entries()) {
    const next = steps[nth + 1]
    if (activity.kind !== 'job' || activity.cause === null || activity.end === null || next?.by !== 'time') continue
    const known = ends.get(activity.cause)
    if (known) known.push(activity.end)
    else ends.set(activity.cause, [activity.end])
  }
  return ends
}

function sibling(
  { kind, id, name, status, end, open, last }: Activity,
  fanIns: readonly string[],
  pathEnd: string,
): Sibling {
  const waited = end === null ? undefined : fanIns.find((at) => !isBefore(at, end))
  const whole = last === null ? null : msBetween(last, pathEnd)
  const within = waited === undefined || end === null ? null : msBetween(end, waited)
  const slackMs = end === null || whole === null ? null : within === null ? whole : Math.min(whole, within)
  return { of: kind, id, name, status, endedAt: open ? null : end, slackMs }
}

function bySlack(a: Sibling, b: Sibling): number {
  return (a.slackMs ?? Infinity) - (b.slackMs ?? Infinity) || (a.id < b.id ? -1 : 1)
}
