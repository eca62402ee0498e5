import { instantOf, isBefore } from '../instant.ts'
import { HOUR } from '../rollup/cover.ts'

/** An hour whose trees were summed up, and when they were looked at last; two instants. */
export interface CheckedHour {
  hour: string
  checkedAt: string
}

/** Which trees of a window are summed up. */
export interface TreeCover {
  /** When the hour was looked at that was so longest ago; an instant. */
  checkedAt: string
  /** Trees that began before this instant are not summed up, and left out; null: all of the window is. */
  examinedFrom: string | null
}

/**
 * How much of a window is summed up: its hours without a gap, from the newest one that was looked at. `hours`: those of the window that were, newest first.
 * `oldest`: the oldest root. Null: none of the window is.
 */
export function treeCover(from: string | null, hours: readonly CheckedHour[], oldest: string): TreeCover | null {
  const [newest] = hours
  if (!newest) return null
  let begin = Date.parse(newest.hour)
  let { checkedAt } = newest
  for (const { hour, checkedAt: at } of hours.slice(1)) {
    if (Date.parse(hour) !== begin - HOUR) break
    begin -= HOUR
    if (isBefore(at, checkedAt)) checkedAt = at
  }
  const since = instantOf(begin)
  const wanted = from === null || isBefore(from, oldest) ? oldest : from
  return { checkedAt, examinedFrom: isBefore(wanted, since) ? since : null }
}
