const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** Distances between ticks from a second on that a person reads with ease; below a second, and from days on, they are 1, 2 or 5 times a power of ten. */
const distances = [1, 2, 5, 10, 15, 30]
  .map((each) => each * SECOND)
  .concat([1, 2, 5, 10, 15, 30].map((each) => each * MINUTE))
  .concat([1, 2, 3, 6, 12].map((each) => each * HOUR))

/** The ticks of an axis of `spanMs` milliseconds that begins at 0: at most `most` after the 0, at even distances. */
export function ticksOf(spanMs: number, most: number): number[] {
  if (!(spanMs > 0) || !Number.isFinite(spanMs)) return [0]
  const distance = distanceOf(spanMs / most)
  const count = Math.floor(spanMs / distance + 1e-9)
  return Array.from({ length: count + 1 }, (_, at) => at * distance)
}

function distanceOf(least: number): number {
  if (least > 12 * HOUR) return roundedUp(least / DAY) * DAY
  if (least > SECOND / 2) return distances.find((each) => each >= least) ?? DAY
  return roundedUp(least)
}

/** The least of 1, 2 and 5 times a power of ten that is not below a value. */
function roundedUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value))
  return ([1, 2, 5].find((each) => each * power >= value * (1 - 1e-9)) ?? 10) * power
}
