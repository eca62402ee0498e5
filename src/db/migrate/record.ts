import type pg from 'pg'
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

/** What is recorded, by name. undefined: there is no bookkeeping, or this role may not read it. */
export async function readRecorded(client: pg.Client): Promise<Recorded[] | undefined> {
  const { rows: [table] } = await client.query<{ readable: boolean }>(
    `select has_table_privilege(oid, 'select') as readable from pg_class where oid = to_regclass($1)`, [NAME])
  if (table?.readable !== true) return undefined
  const { rows } = await client.query<Recorded>(
    `select name, checksum, breaking, adopted, applied_at::text as "appliedAt" from ${NAME} order by name`)
  return rows
}

/** Writes the row; makes the table first where it is missing, so that a role that may not do so can still check and serve. */
export async function record(client: pg.Client, { name, up }: Migration, adopted: boolean): Promise<void> {
  await client.query(
    `create table if not exists ${NAME} (
       name text primary key,
       checksum text not null,
       breaking boolean not null,
       adopted boolean not null,
       applied_at timestamptz not null default now()
     )`)
  await client.query(`insert into ${NAME} (name, checksum, breaking, adopted) values ($1, $2, $3, $4)`, [name, up.checksum, up.breaking, adopted])
}

/** Takes the row away. The table stays. */
export async function forget(client: pg.Client, { name }: Migration): Promise<void> {
  await client.query(`delete from ${NAME} where name = $1`, [name])
}
