import type { Queryable } from '../../db/db.ts'
import { sql } from '../../db/sql.ts'

/**
 * Until the transaction ends, rows are looked up by index alone. If one job triggered most of what there is, Postgres takes every other job for one like it, and reads all
 * invocations for each: the 10,000 jobs of a tree of 5,001 took 10 s so, and 0.6 s by index.
 */
export async function lookUpByIndex(db: Queryable): Promise<void> {
  await db.query(sql`select set_config('enable_seqscan', 'off', true)`)
}
