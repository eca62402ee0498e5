import type { Connection, Writer } from '../../db/db.ts'
import { openWriter } from '../../db/writer.ts'

/** A session for a command that looks for links, or writes them. Straight to Postgres; each batch sets its own timeouts. */
export async function openLinkSession(
  connection: Connection,
  log: { warn(details: object, message: string): void },
): Promise<Writer> {
  return openWriter({ connection, name: 'links', statementTimeout: 60_000, log })
}
