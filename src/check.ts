import type { Queryable } from './db/db.ts'
import { obstacles, unusedIndexes } from './domain/schema.ts'
import { columnRows } from './queries/schema.ts'

/**
 * Looks at the tables as far as they are there, before anything is changed. Throws a sentence for each reason why the service could not answer
 * rightly from them, and warns of what makes it slow.
 */
export async function checkTables(db: Queryable, log: { warn(message: string): void }): Promise<void> {
  const rows = await columnRows(db)
  const found = obstacles(rows)
  if (found.length > 0) throw new Error(`this database cannot be served: ${found.join('; ')}`)
  for (const what of unusedIndexes(rows)) log.warn(what)
}
