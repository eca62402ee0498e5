const hour = 3_600_000
const days = 30

/** Orders an hour of the day brings, by UTC hour: a quiet night, a lunch hour, a busy evening. */
const rhythm = [3, 2, 1, 1, 1, 2, 4, 8, 12, 14, 15, 16, 18, 16, 14, 14, 15, 17, 19, 20, 17, 12, 8, 5]

/**
 * Times over the 30 days that end three minutes before `now`, following day, night and weekend.
 * The last day counts four times (about an eighth of everything), so that the default window of a list shows something at any time of day.
 * Returns a function from [0, 1] to ms since 1970, never decreasing.
 */
export function calendar(now: number): (position: number) => number {
  const end = now - 3 * 60_000
  const hours = days * 24
  const start = end - hours * hour
  const sums = [0]
  for (let h = 0; h < hours; h++) sums.push((sums[h] ?? 0) + weight(new Date(start + h * hour), hours - h))
  const total = sums[hours] ?? 1

  return (position) => {
    const sought = position * total
    let low = 0
    let high = hours - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((sums[middle] ?? 0) <= sought) low = middle
      else high = middle - 1
    }
    const from = sums[low] ?? 0
    const share = (sought - from) / ((sums[low + 1] ?? total) - from)
    return Math.round(start + (low + Math.min(share, 1)) * hour)
  }
}

function weight(time: Date, hoursLeft: number): number {
  const byHour = rhythm[time.getUTCHours()] ?? 1
  const byDay = time.getUTCDay() % 6 === 0 ? 0.6 : 1
  // The last hour is never a quiet one: somebody opens the demo and wants to see what has just happened.
  if (hoursLeft === 1) return 40
  return byHour * byDay * (hoursLeft <= 24 ? 4 : 1)
}
