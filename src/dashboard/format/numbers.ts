const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })
const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 })

/** 1234 → `1,234`. */
export function count(n: number): string {
  return whole.format(n)
}

/** `1 run`, `1,234 runs`. */
export function counted(n: number, word: string): string {
  return `${count(n)} ${word}${n === 1 ? '' : 's'}`
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
  if (Math.round(of) < 1000) return `${sign}${Math.round(of)} ms`
  const seconds = Math.round(of / 1000)
  if (of < 59_950) return `${sign}${(of / 1000).toFixed(of < 9995 ? 2 : 1)} s`
  if (seconds < 3600) return `${sign}${both(seconds, 'min', 60, 's')}`
  const minutes = Math.round(seconds / 60)
  if (minutes < 24 * 60) return `${sign}${both(minutes, 'h', 60, 'min')}`
  return `${sign}${both(Math.round(minutes / 60), 'd', 24, 'h')}`
}

/** So many small units as large ones and the rest, of what is rounded already: 180 s are 3 min, and no 2 min 60 s. */
function both(of: number, largeUnit: string, each: number, smallUnit: string): string {
  const rest = of % each
  const large = `${(of - rest) / each} ${largeUnit}`
  return rest === 0 ? large : `${large} ${rest} ${smallUnit}`
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
