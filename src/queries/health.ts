import type { Reader, Queryable } from '../db/db.ts'
import { sql } from '../db/sql.ts'
import type { LinkWay } from '../domain/link/way.ts'
import { selected } from './columns.ts'
import { linkOfInvocation } from './effective-link.ts'
import { eventColumns } from './events.ts'
import { invocationColumns } from './invocations.ts'
import { jobColumns } from './jobs.ts'

/** Resolves when the database answers and has every table and column that is shown, and the right to read them. It reads no row: 0.1 ms. */
export async function lookAtTables(db: Pick<Reader, 'probe'>, way: LinkWay): Promise<void> {
  await db.probe(sql`
select 1
  from (select ${selected(invocationColumns[way])}
          from public.invocations i${linkOfInvocation[way]}) i
 cross join (
       select ${selected(eventColumns[way])}
         from public.event_executions e) e
 cross join (
       select ${selected(jobColumns[way])}
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

/** A table that is there, and what the role of the service may do with it. */
export interface RightsRow {
  table: string
  /** Quoted where it must be. */
  role: string
  usage: boolean
  /** Of the table, or of at least one of its columns. */
  select: boolean
}

/** The rights on the three tables, as far as they are there. Reads catalogues alone, so any role may. */
export function rightsRows(db: Queryable): Promise<RightsRow[]> {
  return db.query<RightsRow>(sql`
select c.relname as "table",
       quote_ident(current_user) as role,
       has_schema_privilege(n.oid, 'usage') as usage,
       has_any_column_privilege(c.oid, 'select') as select
  from pg_namespace n
  join pg_class c
    on c.relnamespace = n.oid
 where n.nspname = 'public'
   and c.relname in ('invocations', 'event_executions', 'job_executions')
 order by c.relname`)
}
