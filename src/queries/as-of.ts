import type { Queryable } from '../db/db.ts'
import { sql, type Sql } from '../db/sql.ts'

/** Rows, and what the clock of the database said when they were read, as Postgres text. */
export interface TimedRows<R> {
  asOf: string
  rows: R[]
}

/** The clock of the database in a row of a statement that is alone in its transaction; see `timed`. */
export const asOf = sql`now() as "asOf"`

/** Runs a statement each row of which has the column `asOf`. Where it finds none, the clock is asked for by itself, and is a moment ahead. */
export async function timed<R extends object>(db: Queryable, statement: Sql): Promise<TimedRows<R>> {
  const rows = await db.query<R & { asOf: string }>(statement)
  return { asOf: rows[0]?.asOf ?? (await databaseClock(db)), rows }
}

/** What the clock of the database says, as Postgres text. */
export async function databaseClock(db: Queryable): Promise<string> {
  const [row] = await db.query<{ asOf: string }>(sql`select ${asOf}`)
  if (!row) throw new Error('the database did not tell its time')
  return row.asOf
}
