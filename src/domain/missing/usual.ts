import { rounded, type Named } from '../analysis/dependencies.ts'
import { share } from '../analysis/runs.ts'

/** How often one thing led to another before the window, as the queries count it: of a job what it triggered, of a function the jobs that it ran. */
export interface LearntRow {
  source: string
  /** Null: none of its runs led to anything. */
  target: string | null
  /** Runs of the source that had ended, and those of them that led to a run of the target. */
  runs: number
  followed: number
  /** p99 of the time to the first run of the target, ms: from the end of a job, from the start of a function. Null: nobody knows. */
  lagP99: number | null
}

/** What counts as usual: so many runs were seen, and the target followed so large a part of them. */
export interface UsualRule {
  support: number
  confidence: number
}

/** An edge that normally follows. */
export interface UsualEdge {
  source: Named
  target: Named
  support: number
  /** 0 to 1, with six digits. */
  confidence: number
  lagP99Ms: number
  /** A run that has ended for so long, and led to nothing, is judged; ms. */
  patienceMs: number
}

/** What is added to p99 of the lag: the writer flushes every 5 s, and with retries a row is up to 12 s late. */
const GRACE = 60_000

/** A year: instants that are off by centuries would make a patience that no clock can be put back by. */
const MOST_PATIENCE = 365 * 86_400_000

/**
 * The edges that normally follow. Source: association rules with a least support and a least confidence (Agrawal, Imieliński and Swami, Mining Association Rules between Sets of Items
 * in Large Databases, SIGMOD 1993), for pairs that rows tie together.
 */
export function usualEdges(
  kinds: { source: Named['kind']; target: Named['kind'] },
  rows: readonly LearntRow[],
  { support, confidence }: UsualRule,
): UsualEdge[] {
  return rows.flatMap(({ source, target, runs, followed, lagP99 }) =>
    target === null || runs < support || followed === 0 || followed < confidence * runs
      ? []
      : [
          {
            source: { kind: kinds.source, name: source },
            target: { kind: kinds.target, name: target },
            support: runs,
            confidence: share(followed, runs) ?? 0,
            lagP99Ms: rounded(lagP99 ?? 0),
            patienceMs: Math.min(MOST_PATIENCE, Math.max(0, lagP99 ?? 0) + GRACE),
          },
        ],
  )
}
