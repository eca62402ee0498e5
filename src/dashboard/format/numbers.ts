const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })
const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 })

/** 1234 → `1,234`. */
export function count(n: number): string {
  return whole.format(n)
}

/** 1234567 → `1.2M`: where there is little room. */
export function shortCount(n: number): string {
  return n < 10_000 ? whole.format(n) : compact.format(n)
}

/** 0.01234 → `1.2 %`; null, a share of nothing → `–`. */
export function percent(share: number | null | undefined): string {
  if (share === null || share === undefined) return '–'
  if (share > 0 && share < 0.001) return '< 0.1 %'
  const fine = (share > 0 && share < 0.1) || (share > 0.99 && share < 1)
  // What is not all never rounds to all.
  return `${fine ? Math.min(share * 100, 99.94).toFixed(1) : (share * 100).toFixed(0)} %`
}

/** ms → `480 ms`, `1.24 s`, `3 min 20 s`, `2 h 5 min`, `4 d 3 h`; null → `–`. */
export function duration(ms: number | null | undefined): string {
  if (ms === null || ms === undefined) return '–'
  const sign = ms < 0 ? '−' : ''
  const of = Math.abs(ms)
  if (of < 1000) return `${sign}${Math.round(of)} ms`
  if (of < 60_000) return `${sign}${(of / 1000).toFixed(of < 10_000 ? 2 : 1)} s`
  if (of < 3_600_000) return `${sign}${both(of, 60_000, 'min', 1000, 's')}`
  if (of < 86_400_000) return `${sign}${both(of, 3_600_000, 'h', 60_000, 'min')}`
  return `${sign}${both(of, 86_400_000, 'd', 3_600_000, 'h')}`
}

function both(ms: number, large: number, largeUnit: string, small: number, smallUnit: string): string {
  const first = Math.floor(ms / large)
  const rest = Math.round((ms - first * large) / small)
  return rest === 0 ? `${first} ${largeUnit}` : `${first} ${largeUnit} ${rest} ${smallUnit}`
}

/** The change from one figure to another: `+12 %`, `−3 %`, `new`; undefined: both are zero or unknown. */
export function change(now: number | null, before: number | null): string | undefined {
  if (now === null || before === null || (now === 0 && before === 0)) return undefined
  if (before === 0) return 'new'
  const share = (now - before) / before
  if (Math.abs(share) < 0.005) return '±0 %'
  const sign = share < 0 ? '−' : '+'
  return Math.abs(share) >= 10 ? `× ${(now / before).toFixed(0)}` : `${sign}${Math.round(Math.abs(share) * 100)} %`
}
