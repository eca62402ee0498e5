import type { Connection, Writer } from '../db/db.ts'
import { openWriter } from '../db/writer.ts'

/** The session over which demo rows are written. */
export function openDemo(connection: string | Connection): Promise<Writer> {
  const reach = typeof connection === 'string' ? { connectionString: connection } : connection
  return openWriter({ connection: reach, name: 'demo' })
}
