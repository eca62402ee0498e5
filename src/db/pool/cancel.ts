import pg from 'pg'
import { sql } from '../sql.ts'

/** The name of the serving connections, in pg_stat_activity. */
export const SERVING = 'event-detector-observability'

/** Stops backends by their process id. */
export interface Stopping {
  /** Stops the statement that runs; the connection goes on. */
  cancel(processId: number): Promise<void>
  /** Ends the backend of a serving connection. One that waits for room to send what it has read hears of nothing else, not even of its own statement_timeout. */
  terminate(processId: number): Promise<void>
}

/** Stops over connections of its own, for the pool may be full of what is to be stopped. They are made when needed and soon closed. */
export function stopper(config: pg.PoolConfig): Stopping & { end: () => Promise<void> } {
  const pool = new pg.Pool({ ...config, max: 2, idleTimeoutMillis: 5000, allowExitOnIdle: true })
  pool.on('error', () => undefined)
  return {
    cancel: async (processId) => void (await pool.query(sql`select pg_cancel_backend(${processId}::int)`)),
    // Behind a pooler the number may be that of a stranger.
    terminate: async (processId) =>
      void (await pool.query(sql`
select pg_terminate_backend(a.pid)
  from pg_stat_activity a
 where a.pid = ${processId}::int
   and a.application_name = ${SERVING}
   and a.usename = current_user`)),
    end: () => pool.end(),
  }
}
