import type { Snapshot } from '../../db/db.ts'
import { isOver } from '../is-over.ts'
import type { Opening } from '../opening.ts'

/** With less than that left nothing is begun, ms. */
const LEAST = 20

/** The parts of one search, which share its time and one snapshot: what is written between two of them is in neither. */
export interface Attempts {
  /** Does a part that may take so many ms. Undefined if it took too long, or no time was left. */
  within<T>(most: number, work: (snapshot: Snapshot, left: () => number) => Promise<T>): Promise<T | undefined>
  /** The same of a part without which there is no answer: throws if it takes too long. */
  must<T>(most: number, work: (snapshot: Snapshot) => Promise<T>): Promise<T>
}

/** Does all parts of a search, which may take so many ms together from when there is a connection. */
export async function withAttempts<T>(db: Opening, time: number, work: (attempts: Attempts) => Promise<T>): Promise<T> {
  const snapshot = await db.open(time)
  const end = performance.now() + time
  try {
    return await work({
      async within(most, part) {
        const until = Math.min(end, performance.now() + most)
        const left = (): number => until - performance.now()
        if (left() < LEAST) return undefined
        return snapshot
          .part(left(), () => part(snapshot, left))
          .catch((error: unknown) => {
            if (!isOver(error)) throw error
            return undefined
          })
      },
      must: (most, part) => snapshot.part(most, () => part(snapshot)),
    })
  } finally {
    await snapshot.close()
  }
}
