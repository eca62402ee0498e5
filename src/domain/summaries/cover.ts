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
  /** The newest trees of the window are among them, but for those of the last two minutes. Not so if no worker has been at work since. */
  current: boolean
}

/** A tick comes every 3 s, and at the start of an hour the one before is the newest that was looked at; ms. */
const LATE = 120_000

/**
 * How much of a window is summed up: its hours without a gap, from the newest one that was looked at. An hour that was looked at before it ended, and not since, is a gap.
 * `hours`: those of the window that were, newest first. `oldest`: the oldest root; `end`: the end of the window, or now. Null: none of the window is.
 */
export function treeCover(
  from: string | null,
  end: string,
  hours: readonly CheckedHour[],
  oldest: string,
): TreeCover | null {
  const [newest] = hours
  if (!newest) return null
  let begin = Date.parse(newest.hour)
  let { checkedAt } = newest
  for (const { hour, checkedAt: at } of hours.slice(1)) {
    if (Date.parse(hour) !== begin - HOUR || isBefore(at, instantOf(begin))) break
    begin -= HOUR
    if (isBefore(at, checkedAt)) checkedAt = at
  }
  const since = instantOf(begin)
  const wanted = from === null || isBefore(from, oldest) ? oldest : from
  const through = Math.min(Date.parse(newest.hour) + HOUR, Date.parse(newest.checkedAt))
  return {
    checkedAt,
    examinedFrom: isBefore(wanted, since) ? since : null,
    current: !isBefore(instantOf(through + LATE), end),
  }
}
