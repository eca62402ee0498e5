import { nearestRank } from '../analysis/nearest-rank.ts'
import type { Placed, Position } from './positions.ts'

/** What was usual in other trees, by position. */
export interface History {
  /** All that any tree has, parents first. */
  positions(): Position[]
  /** How many trees have it. */
  trees(position: Position): number
  /** p95 of the durations there, ms; null of fewer than LEAST. */
  p95(position: Position): number | null
}

/** So many trees, or durations, say what is usual. */
export const LEAST = 20

/** Collects other trees, one by one. */
export function createHistory(): { add(placed: Placed): void; history: History } {
  const seen = new Map<Position, { trees: number; durations: number[] }>()
  return {
    add(placed) {
      for (const [position, runs] of placed) {
        const own = seen.get(position) ?? { trees: 0, durations: [] }
        seen.set(position, own)
        own.trees += 1
        for (const { durationMs } of runs) if (durationMs !== null && durationMs >= 0) own.durations.push(durationMs)
      }
    },
    history: {
      positions: () => [...seen.keys()],
      trees: (position) => seen.get(position)?.trees ?? 0,
      p95(position) {
        const durations = seen.get(position)?.durations ?? []
        return durations.length < LEAST
          ? null
          : nearestRank(
              durations.toSorted((a, b) => a - b),
              0.95,
            )
      },
    },
  }
}
