import type { Percentiles } from './runs.ts'

/** The smallest of these values that so large a part of them does not exceed (nearest rank, as in SQL percentile_disc). `sorted`: ascending, and not empty. */
export function nearestRank(sorted: readonly number[], part: number): number {
  const at = Math.max(1, Math.ceil(part * sorted.length)) - 1
  return sorted[at] ?? NaN
}

/** p50, p95 and p99, exact; null of nothing. */
export function percentilesIn(values: readonly number[]): Percentiles | null {
  if (values.length === 0) return null
  const sorted = values.toSorted((a, b) => a - b)
  return { p50: nearestRank(sorted, 0.5), p95: nearestRank(sorted, 0.95), p99: nearestRank(sorted, 0.99) }
}
