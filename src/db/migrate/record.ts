import type pg from 'pg'
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

const NAME = 'public.observability_migrations'

/** What is recorded, by name. undefined: there is no bookkeeping, or this role may not read it. Throws MigrationError where something else has its name. */
export async function readRecorded(client: pg.Client): Promise<Recorded[] | undefined> {
  if (!(await isReadable(client))) return undefined
  await client.query('begin')
  try {
    // Under a lock, so that nobody puts a view in its place meanwhile: reading one runs functions with the rights of who reads.
    await client.query(`lock table ${NAME} in access share mode`)
    if (!(await isReadable(client))) return undefined
    const { rows } = await client.query<Recorded>(
      `select name, checksum, breaking, adopted, applied_at::text as "appliedAt" from ${NAME} order by name`,
    )
    return rows
  } finally {
    await client.query('rollback')
  }
}

async function isReadable(client: pg.Client): Promise<boolean> {
  const {
    rows: [table],
  } = await client.query<{ readable: boolean; plain: boolean }>(
    `select has_table_privilege(oid, 'select') as readable,
            relkind = 'r' and not exists (
              select from pg_attribute
               where attrelid = pg_class.oid
                 and attname in ('name', 'checksum', 'breaking', 'adopted', 'applied_at')
                 and atttypid not in ('text'::regtype, 'boolean'::regtype, 'timestamptz'::regtype)) as plain
       from pg_class
      where oid = to_regclass($1)`,
    [NAME],
  )
  if (table?.readable === true && !table.plain)
    throw new MigrationError(
      `${NAME} is not the table of this service's bookkeeping: look what it is, and drop or rename it`,
    )
  return table?.readable === true
}

/** Makes the table, without rows, where it is missing. */
export async function makeBookkeeping(client: pg.Client): Promise<void> {
  // `if not exists` alone needs the right to make tables also where there is nothing to make.
  const { rows } = await client.query<{ there: boolean }>('select to_regclass($1) is not null as there', [NAME])
  if (rows[0]?.there) return
  await client.query(
    `create table if not exists ${NAME} (
       name text primary key,
       checksum text not null,
       breaking boolean not null,
       adopted boolean not null,
       applied_at timestamptz not null default now()
     )`,
  )
}

/** Writes the row. */
export async function record(client: pg.Client, { name, up }: Migration, adopted: boolean): Promise<void> {
  await client.query(`insert into ${NAME} (name, checksum, breaking, adopted) values ($1, $2, $3, $4)`, [
    name,
    up.checksum,
    up.breaking,
    adopted,
  ])
}

/** Takes the row away. The table stays. */
export async function forget(client: pg.Client, { name }: Migration): Promise<void> {
  await client.query(`delete from ${NAME} where name = $1`, [name])
}
