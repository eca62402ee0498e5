import { addHistograms, type Histogram } from './histogram.ts'
import { earlier, later, mergedBy } from './merge.ts'

/** Runs that are shown of each edge. */
export const SAMPLES = 5

/** What the query reads of a source (`target` null), or of a source and one target: its runs, and what became of them. Instants are Postgres text. */
export interface LedRow {
  source: string
  target: string | null
  /** Runs of the source, and those that have ended. */
  runs: number
  ended: number
  /** Those that led to the target, and those of them that have ended. */
  led: number
  ledEnded: number
  lastEnd: string | null
  /** Of those that have ended and did not lead to it: the first and the last start, and the newest ones, each JSON of [id, invocationId, at, status]. */
  firstWithout: string | null
  lastWithout: string | null
  samples: string[] | null
  /** The time to the target, ms: of those that have ended, and of the others. */
  lag: Histogram
  openLag: Histogram
}

/** Runs that have ended and led to nothing. */
export interface Without {
  first: string | null
  last: string | null
  samples: readonly string[]
}

/** The runs of one source that led to one target. */
interface Led {
  target: string
  led: number
  ledEnded: number
  lag: Histogram
  openLag: Histogram
  without: Without
}

/** The runs of one source in some time, and what they led to, which can be added up. A target that is not named none of them led to. */
export interface LedFigures {
  source: string
  runs: number
  ended: number
  lastEnd: string | null
  without: Without
  targets: readonly Led[]
}

/** By source. */
export function ledFigures(rows: readonly LedRow[]): LedFigures[] {
  const sources = new Map<string, LedFigures & { targets: Led[] }>()
  for (const { source, target, runs, ended, lastEnd, ...rest } of rows) {
    const { led, ledEnded, lag, openLag, firstWithout, lastWithout, samples } = rest
    const without = { first: firstWithout, last: lastWithout, samples: samples ?? [] }
    const own = sources.get(source) ?? { source, runs, ended, lastEnd, without, targets: [] }
    sources.set(source, own)
    if (target === null) own.without = without
    else own.targets.push({ target, led, ledEnded, lag, openLag, without })
  }
  return [...sources.values()]
}

/** The same of several times together, by source. */
export function addLed(all: readonly LedFigures[]): LedFigures[] {
  return mergedBy(all, ({ source }) => source, added)
}

function added(a: LedFigures, b: LedFigures): LedFigures {
  const names = new Set([...a.targets, ...b.targets].map(({ target }) => target))
  return {
    source: a.source,
    runs: a.runs + b.runs,
    ended: a.ended + b.ended,
    lastEnd: later(a.lastEnd, b.lastEnd),
    without: bothWithout(a.without, b.without),
    targets: [...names].map((name) => bothLed(ledTo(a, name), ledTo(b, name))),
  }
}

/** What is said of a target; of one that no run led to, all runs that have ended went without it. */
export function ledTo({ targets, without }: LedFigures, target: string): Led {
  const own = targets.find((each) => each.target === target)
  return own ?? { target, led: 0, ledEnded: 0, lag: [], openLag: [], without }
}

function bothLed(a: Led, b: Led): Led {
  return {
    target: a.target,
    led: a.led + b.led,
    ledEnded: a.ledEnded + b.ledEnded,
    lag: addHistograms(a.lag, b.lag),
    openLag: addHistograms(a.openLag, b.openLag),
    without: bothWithout(a.without, b.without),
  }
}

/** Of two times that do not overlap, so that all samples of the later one are the newer ones: a week has thousands of them to put together. */
export function bothWithout(a: Without, b: Without): Without {
  const [older, newer] = a.last !== null && later(a.last, b.last) === a.last ? [b, a] : [a, b]
  return {
    first: earlier(a.first, b.first),
    last: later(a.last, b.last),
    samples: newer.samples.length < SAMPLES ? [...newer.samples, ...older.samples].slice(0, SAMPLES) : newer.samples,
  }
}
