import pg from 'pg'
import { SERVING, stopper, type Stopping } from './cancel.ts'
import { checkOut } from './checkout.ts'
import type { Reader, Row, Snapshot } from '../db.ts'
import { healthyConnections, type HealthyConnections } from './healthy-connections.ts'
import { yieldTurn } from './yield-turn.ts'
import { asked, lookingAfter, reading, settle, type Settings } from '../session.ts'
import { openSnapshot } from './snapshot.ts'
import type { Sql } from '../sql.ts'
import { codeOf, named, prepared, TOO_MANY_CONNECTIONS, types } from './statement.ts'
import { watchConnections, type Watch } from './dead-connections.ts'

/** How to reach the database, and how long to wait for it. Times in ms. */
export interface PoolOptions {
  url: string
  ssl?: pg.ClientConfig['ssl']
  size: number
  connectTimeout: number
  statementTimeout: number
  lockTimeout: number
  log: { error(details: object, message: string): void }
}

/** A pool that must be started before it answers: the server listens before its database is known. */
export interface ReaderPool extends Reader {
  start(options: PoolOptions): void
  end(): Promise<void>
}

/** Cancelled; a parameter holds a character that the database does not know. */
const CLEAN = new Set(['57014', '22P05'])

interface Started {
  connections: HealthyConnections
  probing: pg.Pool
  patience: number
  stopping: Stopping
  end(): Promise<void>
}

export function createReader(): ReaderPool {
  let started: Started | undefined
  const opened = (): Started => {
    if (!started) throw Object.assign(new Error('the database is not there yet'), { code: 'POOL_CLOSED' })
    return started
  }
  const open: Reader['open'] = async ({ statementTimeout, signal } = {}) => {
    const { connections, patience, stopping } = opened()
    return openSnapshot(checkOut(connections, stopping, signal), { patience, statementTimeout, signal })
  }
  function query<R extends object = Row>(statement: Sql, signal?: AbortSignal): Promise<R[]> {
    return named(async () => {
      const { connections, patience, stopping } = opened()
      const { client, release } = await checkOut(connections, stopping, signal)
      try {
        const { rows } = await client.query<R & pg.QueryResultRow>(prepared(statement, patience))
        await release()
        await yieldTurn()
        return rows
      } catch (error) {
        // As the driver's own pool does: a connection on which a statement failed is not trusted again, unless it was cancelled cleanly or never began.
        await release(CLEAN.has(codeOf(error) ?? '') ? undefined : error)
        throw error
      }
    })
  }
  return {
    start(options) {
      started = start(options)
    },
    async end() {
      await started?.end()
    },
    query,
    probe<R extends object = Row>(statement: Sql) {
      return named(async () => {
        const { probing, patience } = opened()
        try {
          return (await probing.query<R & pg.QueryResultRow>(prepared(statement, patience))).rows
        } catch (error) {
          // No room for one more connection says nothing of those that are there.
          if (codeOf(error) !== TOO_MANY_CONNECTIONS) throw error
          return query<R>(statement)
        }
      })
    },
    open,
    async snapshot<T>(work: (snapshot: Snapshot) => Promise<T>, signal?: AbortSignal) {
      const snapshot = await open({ signal })
      try {
        return await work(snapshot)
      } finally {
        await snapshot.close()
      }
    },
  }
}

function start(options: PoolOptions): Started {
  const { url, ssl, connectTimeout, statementTimeout, log } = options
  const beside = {
    connectionString: url,
    ...(ssl === undefined ? {} : { ssl }),
    connectionTimeoutMillis: connectTimeout,
    query_timeout: connectTimeout,
    ...asked(lookingAfter),
  }
  const watching = watchConnections({ ...beside, application_name: `${SERVING} watch` }, log, (processId) =>
    stopping.terminate(processId),
  )
  const pool = createPool(options, watching.pool)
  const probing = createPool({ ...options, size: 1 }, watching.pool)
  const stopping = stopper({ ...beside, application_name: `${SERVING} cancel`, ...watching.pool })
  return {
    connections: healthyConnections(pool, connectTimeout),
    probing,
    stopping,
    patience: statementTimeout + connectTimeout,
    async end() {
      watching.end()
      await Promise.all([pool.end(), probing.end(), stopping.end()])
    },
  }
}

/** Every connection has the settings of whoever reads, and its timeouts; a lost idle one is logged, not thrown. */
function createPool(
  { url, ssl, size, connectTimeout, statementTimeout, lockTimeout, log }: PoolOptions,
  watched: Watch['pool'],
): pg.Pool {
  const settings: Settings = {
    ...reading,
    statement_timeout: `${statementTimeout}`,
    lock_timeout: `${lockTimeout}`,
    idle_in_transaction_session_timeout: `${2 * statementTimeout}`,
  }
  const pool = new pg.Pool({
    ...watched,
    connectionString: url,
    ...(ssl === undefined ? {} : { ssl }),
    max: size,
    connectionTimeoutMillis: connectTimeout,
    application_name: SERVING,
    ...asked(settings),
    async onConnect(client: pg.ClientBase) {
      await watched.onConnect(client)
      await settle(client, settings, connectTimeout)
    },
    keepAlive: true,
    types,
  })
  // While the pool ends, a server that is the first to close is no loss.
  pool.on('error', (error) => {
    if (!pool.ending) log.error({ err: error }, 'an idle database connection was lost')
  })
  return pool
}
