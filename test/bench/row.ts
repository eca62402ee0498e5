import type pg from 'pg'
import { alternate, type Slice } from './alternate.ts'
import type { DataSet } from './data.ts'
import type { Ending } from './ending.ts'
import { figures, median, ratios, type Figures, type Sample } from './figures.ts'
import type { Pace } from './options.ts'
import type { Server } from './server.ts'
import type { Service } from './service.ts'

/** What rows work with. */
export interface Bench {
  server: Server
  data: DataSet
  /** As thin, of 100k, beside a larger one. */
  small: DataSet | undefined
  /** The same as `data` with all links in our table alone, for the rows that ask for it. */
  kept: DataSet | undefined
  /** Of this commit, on `data`. */
  service: Service
  /** Of the commit to compare with, on `data`. */
  other: Service | undefined
  /** One more of this commit, on a data set. */
  start(
    name: string,
    data: DataSet,
    ending: Ending,
    probe?: string,
    env?: Record<string, string>,
  ): Promise<Service & { ms: number }>
  /** A connection to `data`. */
  client: pg.Client
  pace: Pace
}

export interface Goal {
  what: string
  value: number
  /** Of each round, where the value is their median. */
  rounds?: number[]
  unit: '' | '×' | 'ms' | 'MiB' | 's'
  bound: number
  atLeast: boolean
  reached: boolean
}

export interface Result {
  /** What was asked for. */
  work: string
  /** The service's side is called `service`. */
  sides: Record<string, Figures>
  goals: Goal[]
  /** How many times as long as this commit the other one took, where there is one. */
  otherTakes?: number
}

export interface Row {
  name: string
  /** Compares with the data set of 100k, so it makes sense only at a larger scale. */
  larger?: true
  /** Needs the data set `kept`. */
  kept?: true
  run(bench: Bench): Promise<Result>
}

/** `value`: a figure, or one of each round. */
export function atLeast(what: string, value: number | number[], bound: number, unit: Goal['unit'] = '×'): Goal {
  const goal = valued(value)
  return { what, ...goal, unit, bound, atLeast: true, reached: goal.value >= bound }
}

export function atMost(what: string, value: number | number[], bound: number, unit: Goal['unit'] = '×'): Goal {
  const goal = valued(value)
  return { what, ...goal, unit, bound, atLeast: false, reached: goal.value <= bound }
}

function valued(value: number | number[]): { value: number; rounds?: number[] } {
  return typeof value === 'number' ? { value } : { value: median(value), rounds: value }
}

export interface Measurement<N extends string> {
  samples: Record<N | 'service', Sample[]>
  sides: Record<string, Figures>
  otherTakes?: number
}

/** Measures the service in turn with other sides, and with the other commit's. */
export async function measure<N extends string>(
  bench: Bench,
  ask: (service: Service) => Slice,
  sides: Record<N, Slice>,
): Promise<Measurement<N>> {
  const { service, other, pace } = bench
  const samples: Record<string, Sample[]> = await alternate(
    { service: ask(service), ...sides, ...(other && { other: ask(other) }) },
    pace,
  )
  const meanTime = ({ times }: Sample) => times.reduce((sum, time) => sum + time, 0) / times.length
  const { service: own, other: others } = samples
  return {
    samples,
    sides: Object.fromEntries(Object.entries(samples).map(([name, rounds]) => [name, figures(rounds)])),
    ...(own && others && { otherTakes: median(ratios(meanTime, others, own)) }),
  }
}
