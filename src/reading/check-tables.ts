import type { Reader, Queryable } from '../db/db.ts'
import { fractionalCounters, obstacles, unusedIndexes } from '../domain/schema.ts'
import { lookAtTables, rightsRows, type RightsRow } from '../queries/health.ts'
import { columnRows } from '../queries/schema.ts'
import { temporaryFiles } from '../queries/temporary-files.ts'

/**
 * Looks at the tables as far as they are there, before anything is changed. Throws a sentence for each reason why the service could not answer
 * rightly from them, and warns of what makes it slow.
 */
export async function checkTables(db: Queryable, log: { warn(message: string): void }): Promise<void> {
  const rows = await columnRows(db)
  const found = obstacles(rows)
  if (found.length > 0) throw new Error(`this database cannot be served: ${found.join('; ')}`)
  for (const what of [...fractionalCounters(rows), ...unusedIndexes(rows)]) log.warn(what)
}

/** Throws the command to run if statements may write no temporary files: sorts and walks that exceed work_mem would fail, the others would not. */
export async function checkTemporaryFiles(db: Queryable): Promise<void> {
  for (const { allowed, role, database } of await temporaryFiles(db))
    if (!allowed)
      throw new Error(
        `this database cannot be served: temp_file_limit is 0 for ${role}, so whatever is too large for work_mem would fail; as a superuser: alter role ${role} in database ${database} set temp_file_limit = -1`,
      )
}

const FORBIDDEN = '42501'

/** Throws the statements to run where the role of the service may not read the tables, as far as they are there. Changes and reads nothing. */
export async function checkRights(db: Queryable): Promise<void> {
  const rows = await rightsRows(db)
  if (rows.some(({ usage, select }) => !usage || !select)) throw new Error(grants(rows))
}

/** The same, when the tables are there: also where only some columns may be read, and not all that are shown. */
export async function checkReadable(db: Pick<Reader, 'probe' | 'query'>): Promise<void> {
  try {
    await lookAtTables(db, 'column')
  } catch (error) {
    if ((error as { code?: string }).code !== FORBIDDEN) throw error
    throw new Error(grants(await rightsRows(db)), { cause: error })
  }
}

function grants(rows: RightsRow[]): string {
  const role = rows[0]?.role ?? ''
  const tables = rows.map(({ table }) => `public.${table}`).join(', ')
  return `the role ${role} may not read what the service shows: run as the owner of the tables: grant usage on schema public to ${role}; grant select on ${tables} to ${role};`
}
