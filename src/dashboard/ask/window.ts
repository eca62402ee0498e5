/** The window of a view, as it stands in the URL: a length back from now, or two instants. */
export interface WindowSearch {
  window?: string | undefined
  from?: string | undefined
  to?: string | undefined
}

/** What can be chosen with one click, and how fine the series of such a window is. */
export const presets = ['15m', '1h', '6h', '24h', '7d', '31d'] as const

const DEFAULT = '24h'
const UNITS: Record<string, number> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 }

/** The parameters of a request for a window. */
export type WindowQuery = { window: string } | { from?: string; to?: string }

export function windowQuery({ window, from, to }: WindowSearch): WindowQuery {
  if (from === undefined && to === undefined) return { window: window ?? DEFAULT }
  return { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) }
}

/** Of what stands in the URL, the window: a length, or two instants. What is none of these is left out. */
export function parseWindow(search: Record<string, unknown>): WindowSearch {
  const text = (name: string, allowed: RegExp): string | undefined => {
    const given = search[name]
    return typeof given === 'string' && allowed.test(given) ? given : undefined
  }
  const from = text('from', /^\d{4}-\d\d-\d\dT/)
  const to = text('to', /^\d{4}-\d\d-\d\dT/)
  if (from !== undefined || to !== undefined) return { ...(from && { from }), ...(to && { to }) }
  const window = text('window', /^\d{1,6}[smhdw]$/)
  return window === undefined ? {} : { window }
}

/** How long a window is, in ms. */
export function lengthOf({ window = DEFAULT, from, to }: WindowSearch, now: number): number {
  if (from === undefined && to === undefined)
    return Number.parseInt(window, 10) * (UNITS[window.at(-1) ?? 'h'] ?? 3_600_000)
  const end = to === undefined ? now : Date.parse(to)
  return end - (from === undefined ? end - 86_400_000 : Date.parse(from))
}

/** The bucket with which a window has 12 to 300 points. */
export function bucketOf(ms: number): '1m' | '5m' | '1h' | '1d' {
  if (ms <= 2 * 3_600_000) return '1m'
  if (ms <= 24 * 3_600_000) return '5m'
  if (ms <= 14 * 86_400_000) return '1h'
  return '1d'
}
