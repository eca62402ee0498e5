import { isBefore, unixMicros } from '../instant.ts'

/** The last microsecond that viewers can hold, in the year 2255: beyond it a double has no whole numbers, and nanoseconds soon leave 64 bits. */
const LAST = Number.MAX_SAFE_INTEGER

/** Of what ran: instants, and what is known of its end. */
export interface Timed {
  startedAt: string
  /** Null: no end is recorded. */
  endedAt: string | null
  /** It runs, as far as is known. */
  running: boolean
  /** It says that it runs, and nothing does. */
  stale: boolean
}

/** In microseconds, with a sentence for each thing that a viewer would take for something else. */
export interface SpanTime {
  start: number
  duration: number
  warnings: string[]
}

/** Where a span is drawn. A viewer takes a missing end for an end, so what runs is drawn up to when it was read (`asOf`), and what has no known end as a moment; both are said. */
export function spanTime({ startedAt, endedAt, running, stale }: Timed, asOf: string): SpanTime {
  const warnings: string[] = []
  const start = within(startedAt)
  if (start !== unixMicros(startedAt)) warnings.push(`It began at ${startedAt}, which cannot be drawn.`)
  let end = start
  if (endedAt !== null) {
    end = within(endedAt)
    if (end !== unixMicros(endedAt)) warnings.push(`It ended at ${endedAt}, which cannot be drawn.`)
    if (isBefore(endedAt, startedAt))
      warnings.push(`Its end, ${endedAt}, lies before its start; it is drawn as a moment.`)
  } else if (stale) {
    warnings.push('It is stale: its row says that it runs, and nothing does. No end is known; it is drawn as a moment.')
  } else if (running) {
    end = within(asOf)
    warnings.push(`It was still running at ${asOf}, and is drawn up to then.`)
  } else warnings.push('No duration is recorded; it is drawn as a moment.')
  return { start, duration: Math.max(0, end - start), warnings }
}

function within(at: string): number {
  return Math.min(Math.max(unixMicros(at), 0), LAST)
}
