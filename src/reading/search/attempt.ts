import type { Snapshot } from '../../db/db.ts'
import { isOver, type Opening } from '../analysis/bounded.ts'

/** How long all parts of a search may take together, ms. */
const TIME = 2000
/** With less than that left nothing is begun. */
const LEAST = 20

/** The parts of one search, which share their time. Each has a snapshot of its own, whose statements take no longer than what is left of it. */
export interface Attempts {
  /** Does a part that may take so many ms. Undefined if it took too long, or no time was left. */
  within<T>(most: number, work: (snapshot: Snapshot, left: () => number) => Promise<T>): Promise<T | undefined>
  /** The same of a part without which there is no answer: throws if it takes too long. */
  must<T>(most: number, work: (snapshot: Snapshot) => Promise<T>): Promise<T>
}

export function attempts(db: Opening, time = TIME): Attempts {
  const end = performance.now() + time
  const opened = async <T>(ms: number, work: (snapshot: Snapshot) => Promise<T>): Promise<T> => {
    const snapshot = await db.open(Math.ceil(ms))
    try {
      return await work(snapshot)
    } finally {
      await snapshot.close()
    }
  }
  return {
    async within(most, work) {
      const until = Math.min(end, performance.now() + most)
      const left = (): number => until - performance.now()
      if (left() < LEAST) return undefined
      return opened(left(), (snapshot) => work(snapshot, left)).catch((error: unknown) => {
        if (!isOver(error)) throw error
        return undefined
      })
    },
    must: opened,
  }
}
