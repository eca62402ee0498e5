/** The calendar repeats after 400 years, so Date, which ends in the year 275760, need know no more than that many. */
const CYCLE_YEARS = 400
const CYCLE_DAYS = 146_097
const DAY_MS = 86_400_000
const DAY_MICROS = 86_400_000_000n

/** Microseconds since 1970 of an instant of any year; year 0 is 1 BC, as in ISO 8601. `micros` counts from midnight and may lie outside of the day. */
export function microsAt(year: number, month: number, day: number, micros: number): bigint {
  const cycle = Math.floor((year - 1970) / CYCLE_YEARS)
  const days = cycle * CYCLE_DAYS + Date.UTC(year - cycle * CYCLE_YEARS, month - 1, day) / DAY_MS
  return BigInt(days) * DAY_MICROS + BigInt(micros)
}

/** The other way round: the instant in ISO 8601, UTC, with six fraction digits; a year outside of 0000 to 9999 has a sign and six digits. */
export function isoAt(micros: bigint): string {
  const within = ((micros % DAY_MICROS) + DAY_MICROS) % DAY_MICROS
  const days = Number((micros - within) / DAY_MICROS)
  const cycle = Math.floor(days / CYCLE_DAYS)
  const rest = Number(within)
  const date = new Date((days - cycle * CYCLE_DAYS) * DAY_MS + Math.floor(rest / 1000))
  const year = date.getUTCFullYear() + cycle * CYCLE_YEARS
  return `${yearText(year)}${date.toISOString().slice(4, -1)}${String(rest % 1000).padStart(3, '0')}Z`
}

/** `2026`, `0000` (1 BC), `+058875`, `-000043` (44 BC). */
export function yearText(year: number): string {
  if (year >= 0 && year <= 9999) return String(year).padStart(4, '0')
  return `${year < 0 ? '-' : '+'}${String(Math.abs(year)).padStart(6, '0')}`
}

export function daysIn(year: number, month: number): number {
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
  return month === 2 ? (leap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31
}
