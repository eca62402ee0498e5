/**
 * A histogram with logarithmic buckets, which can be added up: a quantile of it is off by 1 % at most (DDSketch: Masson, Rim and Lee, VLDB 2019). Pairs of a bucket
 * and how many values it holds, in the order of the values. A bucket is 0 for zero; of a positive value x it is OFFSET + ceil(ln x / LN_GAMMA), and of a negative
 * one the same of -x, negated. A double's exponent keeps ceil(…) within ±36,000, so that buckets have the order of their values.
 */
export type Histogram = ReadonlyArray<readonly [bucket: number, count: number]>

/** By how much a quantile may differ from that of the values themselves, as a share of it. */
export const QUANTILE_ERROR = 0.01
/** gamma is by how much one bucket ends above the one before. */
export const LN_GAMMA = Math.log((1 + QUANTILE_ERROR) / (1 - QUANTILE_ERROR))
export const BUCKET_OFFSET = 40_000

/** The value that stands for all of a bucket: as near to its lower as to its upper end, relative to them. */
export function valueOf(bucket: number): number {
  if (bucket === 0) return 0
  const upper = Math.exp((Math.abs(bucket) - BUCKET_OFFSET) * LN_GAMMA)
  return Math.sign(bucket) * upper * (1 - QUANTILE_ERROR)
}

export function addHistograms(a: Histogram, b: Histogram): Histogram {
  if (a.length === 0) return b
  const sum = new Map(a)
  for (const [bucket, count] of b) sum.set(bucket, (sum.get(bucket) ?? 0) + count)
  return [...sum].toSorted(([x], [y]) => x - y)
}

/** By nearest rank: the smallest value that so large a part of all do not exceed; null of nothing. */
export function quantileOf(histogram: Histogram, part: number): number | null {
  const all = histogram.reduce((sum, [, count]) => sum + count, 0)
  const rank = Math.max(1, Math.ceil(part * all))
  let upTo = 0
  for (const [bucket, count] of histogram) {
    upTo += count
    if (upTo >= rank) return valueOf(bucket)
  }
  return null
}
