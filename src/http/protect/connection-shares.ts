import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Reader, OpenSnapshot, Queryable, Snapshot } from '../../db/db.ts'
import { Problem } from '../problems/problem.ts'
import type { Limits } from './limits.ts'
import { placesFor, type Places } from './places.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** The connections of the database, which the clients share. */
    shares: Places
  }
}

/** The database for one request: in the turn of its client, and as long as somebody waits for the answer. */
export interface Wanted extends Queryable {
  snapshot<T>(work: (snapshot: Snapshot) => Promise<T>): Promise<T>
  /** `statementTimeout` in ms: for a reader that may be slow, instead of the pool's own. */
  open(statementTimeout: number): Promise<OpenSnapshot>
}

/** Gives the connections of the database to clients in turn, and no client all of them: ten slow lists of one client would keep all others waiting for theirs. */
export function registerShares(app: FastifyInstance, { pool, connect }: Limits): void {
  // How many wait is bounded by how many are admitted.
  const shares = placesFor({ what: 'connections', places: pool, wait: connect, expectedWait: Infinity })
  app.decorate('shares', shares)
}

/** What runs for a client who has left, or for too long, is cancelled. */
export function whileWanted(db: Reader, { client, server: { shares }, cancellation }: FastifyRequest): Wanted {
  return inTurnOf(db, { shares, client, signal: cancellation.signal })
}

/** The same for whoever waits in the turn of this client, until `signal` aborts. */
export function inTurnOf(db: Reader, { shares, client, signal }: Omit<Waiting, 'holder'>): Wanted {
  const share = (): Promise<() => void> => waitForShare({ shares, client, signal })
  const holding = async <T>(work: () => Promise<T>): Promise<T> => {
    const leave = await share()
    try {
      return await work()
    } finally {
      leave()
    }
  }
  return {
    query: (statement) => holding(() => db.query(statement, signal)),
    snapshot: (work) => holding(() => db.snapshot(work, signal)),
    async open(statementTimeout) {
      const leave = await share()
      try {
        const snapshot = await db.open({ statementTimeout, signal })
        return { ...snapshot, close: () => snapshot.close().finally(leave) }
      } catch (error) {
        leave()
        throw error
      }
    },
  }
}

/** For statements that answer several clients at once: they stand in the queue as one client of their own, or they would take all connections past it. */
export function asOneClient(db: Queryable, shares: Places): Queryable {
  return {
    async query(statement, signal = new AbortController().signal) {
      const leave = await waitForShare({
        shares,
        client: 'shared statements',
        holder: 'the statements by which all clients together read what single jobs triggered have',
        signal,
      })
      try {
        return await db.query(statement, signal)
      } finally {
        leave()
      }
    },
  }
}

interface Waiting {
  shares: Places
  client: string
  /** Who has connections, in the sentence of a refusal. */
  holder?: string
  signal: AbortSignal
}

/** Waits for a connection in the turn of its client; resolves to what gives it back. */
function waitForShare({ shares, client, holder = 'this client has', signal }: Waiting): Promise<() => void> {
  return new Promise((resolve, reject) => {
    let waits = true
    const abandon = (): void => {
      leave()
      reject(signal.reason as Error)
    }
    const settled = (): void => {
      waits = false
      signal.removeEventListener('abort', abandon)
    }
    const leave = shares.take(client, {
      enter() {
        settled()
        // Who enters at once does so before `take` has returned.
        queueMicrotask(() => resolve(leave))
      },
      refuse({ waited, own, places, share }) {
        settled()
        reject(
          new Problem(
            'unavailable',
            `No connection to the database became free within ${waited / 1000} s; ${holder} ${own} of the ${places}, and may have ${share}`,
          ),
        )
      },
    })
    if (waits) signal.addEventListener('abort', abandon, { once: true })
  })
}
