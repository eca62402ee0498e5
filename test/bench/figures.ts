/** What one side of a row did in one slice of time. */
export interface Sample {
  /** Of each answer, from the request to its last byte, ms. */
  times: number[]
  /** Of each answer, from the request to the first byte of its body, ms; empty where it has none. */
  firsts: number[]
  seconds: number
  bytes: number
  /** CPU time of the answering process, ms; undefined where the system does not tell. */
  cpu: number | undefined
}

/** A side's figures over all rounds. Times in ms, bytes and cpu of one answer. */
export interface Figures {
  requests: number
  perSecond: number
  p50: number
  p95: number
  p99: number
  firstByte: number | null
  bytes: number
  cpu: number | null
}

export function figures(samples: readonly Sample[]): Figures {
  const times = samples.flatMap((sample) => sample.times).sort((a, b) => a - b)
  const firsts = samples.flatMap((sample) => sample.firsts)
  const sum = (of: (sample: Sample) => number) => samples.reduce((total, sample) => total + of(sample), 0)
  const each = (total: number) => (times.length === 0 ? 0 : total / times.length)
  const cpu = samples.every((sample) => sample.cpu !== undefined) ? each(sum((sample) => sample.cpu ?? 0)) : null
  return {
    requests: times.length,
    perSecond: median(samples.map(perSecond)),
    p50: at(times, 0.5),
    p95: at(times, 0.95),
    p99: at(times, 0.99),
    firstByte: firsts.length === 0 ? null : median(firsts),
    bytes: each(sum((sample) => sample.bytes)),
    cpu,
  }
}

export const perSecond = (sample: Sample): number => sample.times.length / sample.seconds
export const p50 = (sample: Sample): number => median(sample.times)

/** One side's figure divided by another's in the same round, for each round: noise hits both. */
export function ratios(of: (sample: Sample) => number, side: readonly Sample[], to: readonly Sample[]): number[] {
  return side.map((sample, round) => of(sample) / of(to[round]!))
}

export function median(values: readonly number[]): number {
  return at(
    [...values].sort((a, b) => a - b),
    0.5,
  )
}

/** The value below which this share of the sorted values lies. */
export function at(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN
}
