/** How instants are shown: in the zone of the browser, or in UTC. */
export type Zone = 'local' | 'utc'

const LOCALE = 'en-GB'
const formats = new Map<string, Intl.DateTimeFormat>()

function formatOf(zone: Zone, name: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${zone} ${name}`
  const known =
    formats.get(key) ??
    new Intl.DateTimeFormat(LOCALE, { ...options, hourCycle: 'h23', ...(zone === 'utc' ? { timeZone: 'UTC' } : {}) })
  formats.set(key, known)
  return known
}

/** An instant of the API → ms since 1970; NaN: it is infinite, or in a year that Date does not know. */
export function msOf(instant: string): number {
  return Date.parse(instant.replace(/(\.\d{3})\d+/, '$1'))
}

/** `27 Nov 21:25:41`. What Date does not know is shown as it is. */
export function moment(instant: string, zone: Zone): string {
  const ms = msOf(instant)
  return Number.isNaN(ms)
    ? instant
    : formatOf(zone, 'moment', {
        day: 'numeric',
        month: 'short',
        hour: '2-digit',
        minute: '2-digit',
        second: '2-digit',
      })
        .format(ms)
        .replace(',', '')
}

/** A sentence of the service with its instants as `27 Nov 21:25:41`. */
export function withMoments(sentence: string, zone: Zone): string {
  return sentence.replace(/\b\d{4}-\d\d-\d\dT[\d:.]+Z/g, (instant) => moment(instant, zone))
}

/** `21:25:41`. */
export function clock(instant: string, zone: Zone): string {
  const ms = msOf(instant)
  return Number.isNaN(ms)
    ? instant
    : formatOf(zone, 'clock', { hour: '2-digit', minute: '2-digit', second: '2-digit' }).format(ms)
}

/** For a hover: the whole instant, in both zones. */
export function wholeInstant(instant: string): string {
  const ms = msOf(instant)
  if (Number.isNaN(ms)) return instant
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone
  return `${instant} (${formatOf('local', 'whole', { dateStyle: 'medium', timeStyle: 'medium' }).format(ms)} ${zone})`
}

/** How long before another instant: `12 min`, `3 h`, `5 d`. */
export function age(instant: string, asOf: string): string {
  const ms = msOf(asOf) - msOf(instant)
  if (Number.isNaN(ms)) return ''
  if (ms < 60_000) return `${Math.max(0, Math.round(ms / 1000))} s`
  if (ms < 3_600_000) return `${Math.round(ms / 60_000)} min`
  if (ms < 48 * 3_600_000) return `${Math.round(ms / 3_600_000)} h`
  return `${Math.round(ms / 86_400_000)} d`
}

/** Below an axis whose marks are so many s apart: `21:25`, `27 Nov` at midnight and for days. */
export function axisLabel(ms: number, step: number, zone: Zone): string {
  const time = formatOf(zone, 'axis', { hour: '2-digit', minute: '2-digit' }).format(ms)
  return step >= 86_400 || time === '00:00'
    ? formatOf(zone, 'day', { day: 'numeric', month: 'short' }).format(ms)
    : time
}
