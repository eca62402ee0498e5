import type { Queryable, Writer } from '../db.ts'
import { sql } from '../sql.ts'
import { MigrationError } from './error.ts'
import type { Migration } from './files.ts'

/** One row of the bookkeeping table public.observability_migrations. */
export interface Recorded {
  name: string
  checksum: string
  breaking: boolean
  /** true: the effect was found, nothing ran. */
  adopted: boolean
  appliedAt: string
}

/** What is recorded, by name. undefined: there is no bookkeeping, or this role may not read it. Throws MigrationError where something else has its name. */
export async function readRecorded(writer: Writer): Promise<Recorded[] | undefined> {
  if (!(await isReadable(writer))) return undefined
  return writer.transaction(async (session) => {
    // Under a lock, so that nobody puts a view in its place meanwhile: reading one runs functions with the rights of who reads.
    await session.query(sql`lock table public.observability_migrations in access share mode`)
    if (!(await isReadable(session))) return undefined
    return session.query<Recorded>(sql`
      select name, checksum, breaking, adopted, applied_at::text as "appliedAt"
        from public.observability_migrations
       order by name`)
  })
}

async function isReadable(session: Queryable): Promise<boolean> {
  const [table] = await session.query<{ readable: boolean; plain: boolean }>(sql`
    select has_table_privilege(oid, 'select') as readable,
           relkind = 'r' and not exists (
             select
               from pg_attribute
              where attrelid = pg_class.oid
                and attname in ('name', 'checksum', 'breaking', 'adopted', 'applied_at')
                and atttypid not in ('text'::regtype, 'boolean'::regtype, 'timestamptz'::regtype)) as plain
      from pg_class
     where oid = to_regclass('public.observability_migrations')`)
  if (table?.readable === true && !table.plain)
    throw new MigrationError(
      `public.observability_migrations is not the table of this service's bookkeeping: look what it is, and drop or rename it`,
    )
  return table?.readable === true
}

/** Makes the table, without rows, where it is missing. */
export async function makeBookkeeping(writer: Queryable): Promise<void> {
  // `if not exists` alone needs the right to make tables also where there is nothing to make.
  const [table] = await writer.query<{ there: boolean }>(
    sql`select to_regclass('public.observability_migrations') is not null as there`,
  )
  if (table?.there) return
  await writer.query(sql`
    create table if not exists public.observability_migrations (
      name text primary key,
      checksum text not null,
      breaking boolean not null,
      adopted boolean not null,
      applied_at timestamptz not null default now()
    )`)
}

/** Writes the row. */
export async function record(session: Queryable, { name, up }: Migration, adopted: boolean): Promise<void> {
  await session.query(sql`
    insert into public.observability_migrations (name, checksum, breaking, adopted)
    values (${name}, ${up.checksum}, ${up.breaking}, ${adopted})`)
}

/** Takes the row away. The table stays. */
export async function forget(session: Queryable, { name }: Migration): Promise<void> {
  await session.query(sql`delete from public.observability_migrations where name = ${name}`)
}
