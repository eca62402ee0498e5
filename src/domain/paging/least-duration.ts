import { Invalid } from '../invalid.ts'

const UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }

/** What a least duration looks like, and what a 400 says of any other. */
export const DURATION = /^([1-9][0-9]{0,8})(ms|s|m|h)$/
export const DURATION_ALLOWED = 'a whole number and ms, s, m or h, such as 1500ms or 2m, up to 999999999h'

/** A duration such as `1500ms` in ms. Throws Invalid for what is none. */
export function leastDuration(parameter: string, text: string): number {
  const [, number, unit] = DURATION.exec(text) ?? []
  if (unit === undefined) throw new Invalid(parameter, text, DURATION_ALLOWED)
  return Number(number) * UNITS[unit as keyof typeof UNITS]
}
