import pg from 'pg'
import type { Cancel } from './checkout.ts'
import { sql } from './sql.ts'

/** Cancels from connections of its own, for the pool may be full of what is to be cancelled. They are made when needed and soon closed. */
export function canceller(config: pg.PoolConfig): { cancel: Cancel; end: () => Promise<void> } {
  const pool = new pg.Pool({ ...config, max: 2, idleTimeoutMillis: 5000, allowExitOnIdle: true })
  pool.on('error', () => undefined)
  return {
    cancel: async (processId) => void (await pool.query(sql`select pg_cancel_backend(${processId}::int)`)),
    end: () => pool.end(),
  }
}
