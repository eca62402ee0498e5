import type { Connection, Writer } from '../db/db.ts'
import { openWriter } from '../db/writer.ts'

/**
 * Of a statement that sets no timeout of its own, ms. Postgres ends a session that is idle in a transaction after twice as long, and with it the
 * lock on the lease of a process that was paused in the middle of a batch: so another one takes over within 10 s.
 */
const STATEMENT_TIMEOUT = 3000

/** A session for the worker, or for a command that works under its lease; `name` tells which. Straight to Postgres; each batch sets its own timeouts. */
export async function openWorkSession(
  connection: Connection,
  name: string,
  log: { warn(details: object, message: string): void },
): Promise<Writer> {
  return openWriter({ connection, name, statementTimeout: STATEMENT_TIMEOUT, log })
}
