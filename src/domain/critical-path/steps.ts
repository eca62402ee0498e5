import { isBefore, msBetween } from '../instant.ts'
import type { Activity } from './activity.ts'

/** A part of the path on the way back: [from, to), two instants. */
export interface Step {
  kind: 'working' | 'waiting'
  activity: Activity
  from: string
  to: string
  by: 'start' | 'rows' | 'time'
  since: 'event' | 'job-end' | null
  skewMs: number | null
}

/** Steps that are taken backwards in time: each ends where the one before it, later in time, begins. The position only ever moves back, whatever the clocks say. */
export function createSteps(end: string) {
  let position = end
  const steps: Step[] = []
  const step = (activity: Activity, kind: Step['kind'], start: string, since: Step['since'] = null): void => {
    const skewed = isBefore(position, start)
    const from = skewed ? position : start
    const skewMs = skewed ? msBetween(position, start) : null
    steps.push({ kind, activity, from, to: position, by: 'rows', since, skewMs })
    position = from
  }
  return {
    at: () => position,
    /** An activity was at work from its start. */
    work: (activity: Activity, start: string) => step(activity, 'working', start),
    /** An invocation went on by itself when a job had ended; what comes next is tied to that job by time alone. */
    goOn(invocation: Activity, since: string): void {
      if (isBefore(since, position)) step(invocation, 'working', since)
      const next = steps.at(-1)
      if (next) next.by = 'time'
    },
    /**
     * A job handed over to what it triggered when it wrote, which is the time of the event. If that is not known, or lies outside of the job's start and the start of what was triggered (another clock
     * stamped it), it was at the end of the job; and if the job went on, at the start of what was triggered.
     */
    handOver(triggered: Activity, job: Activity, eventTime: string | null): void {
      const known =
        eventTime !== null && job.start !== null && !isBefore(eventTime, job.start) && isBefore(eventTime, position)
      const ended = job.end !== null && !job.open && isBefore(job.end, position)
      const byEvent = known && !(ended && job.end !== null && isBefore(job.end, eventTime))
      const since = byEvent ? eventTime : ended ? job.end : null
      if (since !== null) step(triggered, 'waiting', since, byEvent ? 'event' : 'job-end')
    },
    inOrder(): Step[] {
      const first = steps.at(-1)
      if (first) first.by = 'start'
      return steps.reverse()
    },
  }
}
