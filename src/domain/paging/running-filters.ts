import { Invalid } from '../invalid.ts'
import { windowMs, WINDOW_ALLOWED } from './page.ts'

/** What a list may be asked of rows that run. */
export interface RunningQuery {
  /** true: only those that are stale; false: only the others. */
  stale?: boolean | undefined
  /** A duration such as `15m`: only those that run and began so long ago. */
  olderThan?: string | undefined
}

/** The same for a query. */
export interface RunningFilters {
  /** Only rows that say that they run. */
  onlyRunning?: true
  /** ms. */
  olderThanMs?: number
}

/** Does it ask for nothing but rows that run? These are few, so they are looked for over all time. */
export function asksForRunning({ stale, olderThan }: RunningQuery): boolean {
  return stale === true || olderThan !== undefined
}

/** Throws Invalid for an age that is none. */
export function runningFilters(query: RunningQuery): RunningFilters {
  if (!asksForRunning(query)) return {}
  const { olderThan } = query
  if (olderThan === undefined) return { onlyRunning: true }
  const olderThanMs = windowMs(olderThan)
  if (olderThanMs === undefined) throw new Invalid('olderThan', olderThan, WINDOW_ALLOWED)
  return { onlyRunning: true, olderThanMs }
}

/** Throws Invalid where rows that run are asked for by one filter, and only others by their status: nothing could be both. `words` are the statuses of what runs. */
export function refuseEndedStatuses(query: RunningQuery & { status?: string[] }, words: readonly string[]): void {
  const { status, olderThan } = query
  if (!asksForRunning(query) || status === undefined || status.some((each) => words.includes(each))) return
  const [name, given] = olderThan === undefined ? ['stale', query.stale] : ['olderThan', olderThan]
  throw new Invalid(name, given, `left out, or given without a status or with ${words.join(' or ')}`)
}
