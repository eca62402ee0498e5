import type pg from 'pg'
import { codeOf, isLost, TOO_MANY_CONNECTIONS } from './statement.ts'
import { drop } from './dead-connections.ts'

/** Lends the connections of a pool. */
export interface HealthyConnections {
  /** Rejects as the pool does when none is free in time. */
  take(): Promise<pg.PoolClient>
  /** Keeps the connection where `failure` is undefined, and ends it otherwise. */
  giveBack(client: pg.PoolClient, failure?: unknown): void
}

/**
 * When one connection is lost, those that lay idle meanwhile have most likely gone with it: each would cost a request of its own, so they are
 * dropped instead of lent. And where the server takes no more connections, who asks for one waits (`patience` ms) for one that is there.
 */
export function healthyConnections(pool: pg.Pool, patience: number): HealthyConnections {
  let losses = 0
  // How many losses each connection has outlived; idle ones fall behind.
  const outlived = new Map<pg.PoolClient, number>()
  pool.on('connect', (client) => {
    outlived.set(client, losses)
    client.once('end', () => outlived.delete(client))
  })
  // pg's own `release` comes before the connection lies idle, and warns of a leak from the eleventh listener on.
  const waiting = new Set<(came: true) => void>()
  const comesBack = (deadline: number): Promise<boolean> =>
    new Promise((resolve) => {
      const give = (came: boolean): void => {
        clearTimeout(timer)
        waiting.delete(give)
        resolve(came)
      }
      const timer = setTimeout(give, Math.max(0, deadline - performance.now()), false)
      waiting.add(give)
    })
  const connect = async (deadline: number): Promise<pg.PoolClient> => {
    for (;;) {
      try {
        return await pool.connect()
      } catch (error) {
        if (codeOf(error) !== TOO_MANY_CONNECTIONS || outlived.size === 0 || performance.now() >= deadline) throw error
        // One that came back while this attempt was under way lies idle, and nobody gives it back once more.
        if (pool.idleCount === 0 && !(await comesBack(deadline))) throw error
      }
    }
  }
  return {
    async take() {
      const deadline = performance.now() + patience
      for (;;) {
        const client = await connect(deadline)
        if (outlived.get(client) === losses) return client
        drop(client)
        client.release(true)
      }
    },
    giveBack(client, failure) {
      if (failure === undefined) outlived.set(client, losses)
      else if (isLost(failure)) losses += 1
      client.release(failure !== undefined)
      for (const give of waiting) give(true)
    },
  }
}
