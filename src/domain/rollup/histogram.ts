/**
 * A histogram with logarithmic buckets, which can be added up: a quantile of it is off by 1 % at most (DDSketch: Masson, Rim and Lee, VLDB 2019). It is a flat list of
 * a bucket and how many values it holds, in the order of the values: lists of pairs take five times as long to parse. A bucket is 0 for zero; of a positive value x it is
 * OFFSET + ceil(ln x / LN_GAMMA), and of a negative one the same of -x, negated. A double's exponent keeps ceil(…) within ±36,000, so that buckets have the order of their values.
 */
export type Histogram = readonly number[]

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

/** Merges two lists in order in one walk: a day of figures adds up some thousands. */
export function addHistograms(a: Histogram, b: Histogram): Histogram {
  if (a.length === 0 || b.length === 0) return a.length === 0 ? b : a
  const sum: number[] = []
  let [i, j] = [0, 0]
  while (i < a.length || j < b.length) {
    const [x = Infinity, y = Infinity] = [a[i], b[j]]
    sum.push(Math.min(x, y), (x <= y ? (a[i + 1] ?? 0) : 0) + (y <= x ? (b[j + 1] ?? 0) : 0))
    if (x <= y) i += 2
    if (y <= x) j += 2
  }
  return sum
}

/** By nearest rank: the smallest value that so large a part of all do not exceed; null of nothing. */
export function quantileOf(histogram: Histogram, part: number): number | null {
  const rank = Math.max(1, Math.ceil(part * countOf(histogram, -Infinity)))
  let upTo = 0
  for (let at = 0; at < histogram.length; at += 2) {
    upTo += histogram[at + 1] ?? 0
    if (upTo >= rank) return valueOf(histogram[at] ?? 0)
  }
  return null
}

/** How many values are larger than this one. */
export function countOf(histogram: Histogram, above: number): number {
  let count = 0
  for (let at = 0; at < histogram.length; at += 2)
    if (valueOf(histogram[at] ?? 0) > above) count += histogram[at + 1] ?? 0
  return count
}
