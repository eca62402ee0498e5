import type { Session } from '../db/db.ts'
import { sql } from '../db/sql.ts'

/** From so many invocations on it pays to rebuild the indexes at the end. */
export const worthBaring = 3000

/**
 * Takes the secondary indexes and foreign keys off the three tables, where these are empty and belong to this role, and returns what puts them
 * back; null where that is not so, or the tables are in use. Building them once over all rows instead of row by row: see the measurement in load.ts.
 * Until the transaction ends nobody else can read the tables; if it fails, everything is as it was.
 */
export async function bareTables(session: Session): Promise<(() => Promise<void>) | null> {
  if (!(await ownsTables(session)) || !(await areEmpty(session)) || !(await lockEmpty(session))) return null
  const parts = [...(await foreignKeys(session)), ...(await indexes(session))]
  for (const { remove } of parts) await session.script(remove)
  return async () => {
    await session.query(sql`select set_config('maintenance_work_mem', '256MB', true)`)
    for (const { restore } of parts.reverse()) {
      for (const statement of restore) await session.script(statement)
    }
  }
}

/** Statements that Postgres itself spells, with names quoted. */
interface Part {
  remove: string
  restore: string[]
}

async function foreignKeys(session: Session): Promise<Part[]> {
  return session.query<Part>(sql`
    select format('alter table %s drop constraint %I', conrelid::regclass, conname) as remove,
           array_remove(array[
             format('alter table %s add constraint %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)),
             case when comment is not null then format('comment on constraint %I on %s is %L', conname, conrelid::regclass, comment) end
           ], null) as restore
      from pg_constraint, obj_description(oid, 'pg_constraint') as comment
     where contype = 'f'
       and conrelid in ('public.invocations'::regclass, 'public.event_executions'::regclass, 'public.job_executions'::regclass)
     order by conname`)
}

async function indexes(session: Session): Promise<Part[]> {
  return session.query<Part>(sql`
    select format('drop index %s', indexrelid::regclass) as remove,
           array_remove(array[
             pg_get_indexdef(indexrelid),
             case when comment is not null then format('comment on index %s is %L', indexrelid::regclass, comment) end
           ], null) as restore
      from pg_index, obj_description(indexrelid, 'pg_class') as comment
     where indrelid in ('public.invocations'::regclass, 'public.event_executions'::regclass, 'public.job_executions'::regclass)
       and indisvalid
       and not indisunique
       and not exists (select from pg_constraint where conindid = indexrelid and contype <> 'f')
     order by indexrelid`)
}

async function ownsTables(session: Session): Promise<boolean> {
  const [tables] = await session.query<{ owns: boolean }>(sql`
    select bool_and(pg_has_role(relowner, 'usage')) as owns
      from pg_class
     where oid in ('public.invocations'::regclass, 'public.event_executions'::regclass, 'public.job_executions'::regclass)`)
  return tables?.owns === true
}

async function areEmpty(session: Session): Promise<boolean> {
  const [tables] = await session.query<{ empty: boolean }>(sql`
    select not exists (select from public.invocations)
       and not exists (select from public.event_executions)
       and not exists (select from public.job_executions) as empty`)
  return tables?.empty === true
}

/** Keeps the tables for this transaction; false, and nothing kept, where somebody works on them or has just written the first row. */
async function lockEmpty(session: Session): Promise<boolean> {
  await session.query(sql`savepoint baring`)
  try {
    await session.query(
      sql`lock table public.invocations, public.event_executions, public.job_executions in access exclusive mode nowait`,
    )
    if (await areEmpty(session)) return true
  } catch (error) {
    if ((error as { code?: string }).code !== '55P03') throw error // lock_not_available
  }
  await session.query(sql`rollback to savepoint baring`) // gives the locks back
  return false
}
