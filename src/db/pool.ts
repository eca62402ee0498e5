import pg from 'pg'
import type { Db, Row, Snapshot } from './db.ts'
import { openSnapshot } from './snapshot.ts'
import type { Sql } from './sql.ts'
import { named, prepared, types } from './statement.ts'

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
export interface PoolDb extends Db {
  start(options: PoolOptions): void
  end(): Promise<void>
}

export function createDb(): PoolDb {
  let started: { pool: pg.Pool; patience: number } | undefined
  const opened = (): { pool: pg.Pool; patience: number } => {
    if (!started) throw Object.assign(new Error('the database is not there yet'), { code: 'POOL_CLOSED' })
    return started
  }
  const open: Db['open'] = async (statementTimeout) => openSnapshot(opened().pool, opened().patience, statementTimeout)
  return {
    start(options) {
      started = { pool: createPool(options), patience: options.statementTimeout + options.connectTimeout }
    },
    async end() {
      await started?.pool.end()
    },
    query<R extends object = Row>(statement: Sql) {
      return named(async () => (await opened().pool.query<R & pg.QueryResultRow>(prepared(statement, opened().patience))).rows)
    },
    open,
    async snapshot<T>(work: (snapshot: Snapshot) => Promise<T>) {
      const snapshot = await open()
      try {
        return await work(snapshot)
      } finally {
        await snapshot.close()
      }
    },
  }
}

/** Serving connections are read-only and in UTC; every one has its timeouts, and a lost idle one is logged, not thrown. */
function createPool({ url, ssl, size, connectTimeout, statementTimeout, lockTimeout, log }: PoolOptions): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    ...(ssl === undefined ? {} : { ssl }),
    max: size,
    connectionTimeoutMillis: connectTimeout,
    statement_timeout: statementTimeout,
    lock_timeout: lockTimeout,
    idle_in_transaction_session_timeout: 2 * statementTimeout,
    application_name: 'event-detector-observability',
    options: '-c timezone=UTC -c default_transaction_read_only=on',
    keepAlive: true,
    types,
  })
  pool.on('error', (error) => log.error({ err: error }, 'an idle database connection was lost'))
  return pool
}
