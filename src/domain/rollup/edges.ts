import type { EdgeRow } from '../analysis/dependencies.ts'
import type { Window } from '../analysis/window.ts'
import { compareInstants, instant } from '../instant.ts'
import { addHistograms, quantileOf, type Histogram } from './histogram.ts'
import { isLater, mergedBy } from './merge.ts'

/** A run of a source that led to so many runs of the target in some time, and began in another one or led to some in another one. */
export type OuterSource = readonly [id: string, createdAt: string, targets: number]

/**
 * One edge in some time, which can be added up. Most runs of a source begin in the hour of all that they lead to, so they are counted (`inner`); the others are
 * listed, because several hours tell of them and none must count twice.
 */
export interface EdgeFigures {
  source: string
  target: string
  times: number
  failed: number
  inner: number
  innerMaxFanOut: number
  outer: readonly OuterSource[]
  lag: Histogram
  firstSeen: string
  lastSeen: string
  sampleId: string
}

/** The same of several times together, by source and target. */
export function addEdges(all: readonly EdgeFigures[]): EdgeFigures[] {
  return mergedBy(all, ({ source, target }) => JSON.stringify([source, target]), added)
}

function added(a: EdgeFigures, b: EdgeFigures): EdgeFigures {
  const { lastSeen, sampleId } = isNewer(a, b) ? a : b
  return {
    source: a.source,
    target: a.target,
    times: a.times + b.times,
    failed: a.failed + b.failed,
    inner: a.inner + b.inner,
    innerMaxFanOut: Math.max(a.innerMaxFanOut, b.innerMaxFanOut),
    outer: mergedBy(
      [...a.outer, ...b.outer],
      ([id]) => id,
      ([id, at, targets], [, , more]) => [id, at, targets + more] as const,
    ),
    lag: addHistograms(a.lag, b.lag),
    firstSeen: isLater(a.firstSeen, b.firstSeen) ? b.firstSeen : a.firstSeen,
    lastSeen,
    sampleId,
  }
}

function isNewer(a: EdgeFigures, b: EdgeFigures): boolean {
  return (compareInstants(instant(a.lastSeen), instant(b.lastSeen)) || (a.sampleId > b.sampleId ? 1 : -1)) > 0
}

/** As the figures of one window show it; the percentiles of the lag are off by 1 % at most. */
export function edgeRowOf(edge: EdgeFigures, { from, to }: Window): EdgeRow {
  const { source, target, times, failed, firstSeen, lastSeen, sampleId } = edge
  const begun = edge.outer.filter(([, at]) => isIn(instant(at), from, to))
  const [p50, p95] = [0.5, 0.95].map((part) => quantileOf(edge.lag, part))
  return {
    source,
    target,
    times,
    failed,
    sources: edge.inner + edge.outer.length,
    sourcesInWindow: edge.inner + begun.length,
    maxFanOut: edge.outer.reduce((most, [, , targets]) => Math.max(most, targets), edge.innerMaxFanOut),
    lag: p50 == null || p95 == null ? null : [p50, p95],
    firstSeen,
    lastSeen,
    sampleId,
  }
}

function isIn(at: string, from: string, to: string): boolean {
  return compareInstants(at, from) >= 0 && (to === 'infinity' || compareInstants(at, to) < 0)
}
