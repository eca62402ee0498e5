import { instantOf, isBefore, msBetween } from '../instant.ts'
import { Invalid } from '../invalid.ts'
import { timeZone, type TimeZone } from './time-zone.ts'
import type { Window } from './window.ts'

const DAY = 86_400_000

/** How long a bucket of a series is. */
export const bucketLengths = { '5m': 300_000, '1h': 3_600_000, '1d': DAY, '1m': 60_000 } as const
export type BucketLength = keyof typeof bucketLengths

/** So many buckets one series may have, and so many points all series of a page. */
const MOST_BUCKETS = 1000
const MOST_POINTS = 20_000

/**
 * The starts of the buckets of a window: its own start, then each full 5 minutes, hour or midnight of the time zone. A day lasts 23 or 25 hours where clocks change;
 * an hour that the clock shows twice is two buckets. `series`: how many a page may hold. Throws Invalid if there would be too many buckets.
 */
export function bucketStarts(window: Window, length: BucketLength, zoneName: string, series: number): string[] {
  const zone = timeZone(zoneName)
  const span = msBetween(window.from, window.to)
  if (span === null)
    throw new Invalid('bucket', length, 'left out if from or to is infinite: such a window has no end of buckets')
  const buckets = Math.ceil(span / bucketLengths[length])
  if (buckets > MOST_BUCKETS || buckets * series > MOST_POINTS)
    throw new Invalid(
      'bucket',
      length,
      `so long that a series has at most ${MOST_BUCKETS} buckets and a page ${MOST_POINTS}, and this would be ${buckets} for each of up to ${series} names: take a longer bucket, a shorter window or a smaller limit`,
    )
  const starts = [window.from]
  for (
    let at = nextStart(toMs(window.from), length, zone);
    isBefore(instantOf(at), window.to);
    at = nextStart(at, length, zone)
  )
    starts.push(instantOf(at))
  return starts
}

/** The first full 5 minutes, hour or midnight after a moment. */
function nextStart(ms: number, length: BucketLength, zone: TimeZone): number {
  const local = zone.localAt(ms)
  if (length !== '1d') return ms + bucketLengths[length] - modulo(local, bucketLengths[length])
  let midnight = local - modulo(local, DAY)
  // A day that a zone skipped (Samoa, 2011-12-30) has no start of its own.
  for (;;) {
    midnight += DAY
    const start = zone.dayStart(midnight)
    if (start > ms) return start
  }
}

function modulo(value: number, by: number): number {
  return ((value % by) + by) % by
}

/** In ms since 1970; microseconds are cut off. Windows that have buckets lie within the years that a Date knows. */
function toMs(instant: string): number {
  return Date.parse(`${instant.slice(0, -4)}Z`)
}
