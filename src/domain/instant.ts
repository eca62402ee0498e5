/**
 * Instants are text all the way: ISO 8601 in UTC with exactly six fraction digits, `2026-11-22T09:48:02.120000Z`.
 * A JS Date keeps milliseconds only, and a keyset cursor made of it loses rows (150 of 3,000 rows 1 µs apart were seen).
 * All of one length, such texts also sort as the instants do.
 */

const SPACE = 32
const ZERO = 48
const DAY = 86_400_000
const TWO = Array.from({ length: 60 }, (_, value) => String(value).padStart(2, '0'))
const THREE = Array.from({ length: 1000 }, (_, value) => String(value).padStart(3, '0'))

/** What an instant of so many characters in Postgres text still lacks: Postgres drops trailing zeros. */
const MISSING: Readonly<Record<number, string>> = { 22: '.000000Z', 24: '00000Z', 25: '0000Z', 26: '000Z', 27: '00Z', 28: '0Z', 29: 'Z' }

/** `2026-11-22 09:48:02.12+00`, as Postgres writes it in UTC → ISO. What has no such form (`infinity`, a year of five digits) stays as it is. */
export function instant(text: string): string {
  const missing = MISSING[text.length]
  if (missing === undefined || text.charCodeAt(10) !== SPACE || !text.endsWith('+00')) return text
  return `${text.slice(0, 10)}T${text.slice(11, -3)}${missing}`
}

// An unescaped `+` in a query string arrives as a space: before an offset it can only have been a plus.
const RFC3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:[Zz]|([+\- ])(\d\d):(\d\d))$/

/**
 * RFC 3339 with an offset → ISO in UTC; undefined for what is none or lies outside the years 1 to 9999.
 * Digits beyond the microsecond round up, so that [from, to) keeps exactly the rows that the finer bounds would.
 */
export function parseInstant(text: string): string | undefined {
  const m = RFC3339.exec(text)
  if (!m) return undefined
  const [year, month, day, hour, minute, second] = m.slice(1, 7).map(Number) as [number, number, number, number, number, number]
  const offset = (Number(m[9] ?? 0) * 60 + Number(m[10] ?? 0)) * (m[8] === '-' ? -1 : 1)
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return undefined
  if (hour > 23 || minute > 59 || second > 59 || Number(m[9] ?? 0) > 23 || Number(m[10] ?? 0) > 59) return undefined
  const nanos = (m[7] ?? '').padEnd(9, '0')
  const micros = Number(nanos.slice(0, 6)) + (nanos.slice(6) === '000' ? 0 : 1)
  const whole = new Date(0)
  whole.setUTCFullYear(year, month - 1, day)
  whole.setUTCHours(hour, minute - offset, second + (micros === 1_000_000 ? 1 : 0))
  const iso = whole.toISOString()
  if (iso.length !== 24 || iso.startsWith('0000')) return undefined
  return `${iso.slice(0, 19)}.${String(micros % 1_000_000).padStart(6, '0')}Z`
}

function daysIn(year: number, month: number): number {
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
  return month === 2 ? (leap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31
}

/** The instant so many milliseconds later (earlier when negative), its microseconds kept. */
export function addMs(iso: string, ms: number): string {
  // Nearly every end is on the day of its start: without a Date it takes a fifth of the time, on every job of every tree.
  const time = timeOfDay(iso) + ms
  if (time >= 0 && time < DAY && iso.length === 27 && Number.isInteger(ms)) return `${iso.slice(0, 11)}${clock(time)}${iso.slice(23)}`
  const moved = new Date(Date.parse(`${iso.slice(0, 23)}Z`) + ms)
  if (Number.isNaN(moved.getTime())) return iso
  return `${moved.toISOString().slice(0, -1)}${iso.slice(23, 26)}Z`
}

function timeOfDay(iso: string): number {
  const digits = (at: number): number => (iso.charCodeAt(at) - ZERO) * 10 + iso.charCodeAt(at + 1) - ZERO
  return ((digits(11) * 60 + digits(14)) * 60 + digits(17)) * 1000 + digits(20) * 10 + iso.charCodeAt(22) - ZERO
}

function clock(time: number): string {
  const seconds = Math.floor(time / 1000)
  const minutes = Math.floor(seconds / 60)
  return `${TWO[Math.floor(minutes / 60)]}:${TWO[minutes % 60]}:${TWO[seconds % 60]}.${THREE[time % 1000]}`
}

/** Milliseconds from one instant to another, with microseconds as decimals: negative when `to` is the earlier. */
export function msBetween(from: string, to: string): number {
  const ms = Date.parse(`${to.slice(0, 23)}Z`) - Date.parse(`${from.slice(0, 23)}Z`)
  const micros = Number(to.slice(23, 26)) - Number(from.slice(23, 26))
  return (ms * 1000 + micros) / 1000
}

/** A JS time (ms since 1970) as an instant. */
export function instantOf(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, -1)}000Z`
}

/** Where something that started then and took so long ended; null while it has no duration. */
export function endOf(createdAt: string, durationMs: number | null): string | null {
  return durationMs === null ? null : addMs(createdAt, durationMs)
}
