import { instant } from '../instant.ts'
import type { JudgedRow } from '../missing/missing.ts'
import type { LearntRow, UsualEdge } from '../missing/usual.ts'
import { countOf, quantileOf } from './histogram.ts'
import { bothWithout, ledTo, type LedFigures, type Without } from './led.ts'
import { mergedBy } from './merge.ts'

/** As the query of rows tells what was learnt, of sources of which so many runs have ended. p99 of the lag is off by 1 % at most. */
export function learntOf(figures: readonly LedFigures[], support: number): LearntRow[] {
  return figures
    .filter(({ ended }) => ended >= support)
    .flatMap(({ source, ended, targets }): LearntRow[] => {
      const rows = targets
        .filter(({ ledEnded }) => ledEnded > 0)
        .map(({ target, ledEnded, lag }) => ({
          source,
          target,
          runs: ended,
          followed: ledEnded,
          lagP99: quantileOf(lag, 0.99),
        }))
      return rows.length > 0 ? rows : [{ source, target: null, runs: ended, followed: 0, lagP99: null }]
    })
}

/**
 * What became of the runs of usual edges, at an instant; null: some have ended so lately that only their rows tell. Whether a run was followed in time is told of
 * lags that are off by 1 % at most.
 */
export function judgedOf(
  figures: readonly LedFigures[],
  edges: readonly UsualEdge[],
  asOf: string,
): JudgedRow[] | null {
  const bySource = new Map(figures.map((each) => [each.source, each]))
  const rows: JudgedRow[] = []
  for (const { source, target, patienceMs } of edges) {
    const own = bySource.get(source.name)
    if (own === undefined) continue
    // An end that is infinite is never long ago.
    if (own.lastEnd !== null && !(Date.parse(instant(own.lastEnd)) + patienceMs < Date.parse(asOf))) return null
    const { led, ledEnded, lag, openLag, without } = ledTo(own, target.name)
    const late = countOf(lag, patienceMs) + countOf(openLag, patienceMs)
    const missing = own.ended - ledEnded
    rows.push({
      source: source.name,
      target: target.name,
      runs: own.runs,
      followed: led - late,
      late,
      missing,
      notJudged: own.runs - led - missing,
      firstMissing: without.first,
      lastMissing: without.last,
      samples: [...without.samples],
    })
  }
  return rows
}

/** What became of runs of two times, by edge. */
export function addJudged(all: readonly JudgedRow[]): JudgedRow[] {
  return mergedBy(
    all,
    ({ source, target }) => JSON.stringify([source, target]),
    (a, b) => {
      const both = bothWithout(missingOf(a), missingOf(b))
      return {
        source: a.source,
        target: a.target,
        runs: a.runs + b.runs,
        followed: a.followed + b.followed,
        late: a.late + b.late,
        missing: a.missing + b.missing,
        notJudged: a.notJudged + b.notJudged,
        firstMissing: both.first,
        lastMissing: both.last,
        samples: [...both.samples],
      }
    },
  )
}

function missingOf({ firstMissing, lastMissing, samples }: JudgedRow): Without {
  return { first: firstMissing, last: lastMissing, samples: samples ?? [] }
}
