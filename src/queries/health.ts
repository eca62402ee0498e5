import type { Db, Queryable } from '../db/db.ts'
import { sql } from '../db/sql.ts'
import { eventColumns } from './details.ts'
import { invocationColumns } from './invocations.ts'
import { jobColumns } from './jobs.ts'

/** Resolves when the database answers and has every table and column that is shown, and the right to read them. It reads no row: 0.1 ms. */
export async function lookAtTables(db: Pick<Db, 'probe'>): Promise<void> {
  await db.probe(sql`
select 1
  from (select ${invocationColumns}
          from public.invocations i) i
 cross join (
       select ${eventColumns}
         from public.event_executions e) e
 cross join (
       select ${jobColumns}
         from public.job_executions j) j
 where false`)
}

/** Is there anything to show? */
export async function anyInvocation(db: Queryable): Promise<boolean> {
  const rows = await db.query(sql`
select 1
  from public.invocations
 limit 1`)
  return rows.length > 0
}
