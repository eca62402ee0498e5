/**
 * Instants are text all the way: ISO 8601 in UTC with exactly six fraction digits, `2026-11-22T09:48:02.120000Z`.
 * A JS Date keeps milliseconds only, and a keyset cursor made of it loses rows (150 of 3,000 rows 1 µs apart were seen).
 * All of one length, such texts also sort as the instants do.
 */

const OUTPUT = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?\+00$/

/** `2026-11-22 09:48:02.12+00`, as Postgres writes it in UTC → ISO. What has no such form (`infinity`) stays as it is. */
export function instant(text: string): string {
  if (text.length === 29 && text[10] === ' ' && text.endsWith('+00')) return `${text.slice(0, 10)}T${text.slice(11, 26)}Z`
  const parts = OUTPUT.exec(text)
  return parts ? `${parts[1]}T${parts[2]}.${(parts[3] ?? '').padEnd(6, '0')}Z` : text
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
  const moved = new Date(Date.parse(`${iso.slice(0, 23)}Z`) + ms)
  if (Number.isNaN(moved.getTime())) return iso
  return `${moved.toISOString().slice(0, -1)}${iso.slice(23, 26)}Z`
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
