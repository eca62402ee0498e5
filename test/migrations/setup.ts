import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import type pg from 'pg'
import type { MigrateOptions } from '../../src/db/migrate/session.ts'
import { onTeardown } from '../support/teardown.ts'

/** The real migrations of this repository. */
export const folder = fileURLToPath(new URL('../../migrations', import.meta.url))

/** A database as commit 4693e8b left it, bookkeeping included. It empties the search path of its session. */
export const migratedBy4693e8b = readFileSync(new URL('../fixtures/migrated-by-4693e8b.sql', import.meta.url), 'utf8')

/** Options for a runner on `url`, and the lines that it logged. */
export function runner(url: string, more: Partial<MigrateOptions> = {}): { options: MigrateOptions; lines: string[] } {
  const lines: string[] = []
  const log = {
    info: (details: object, message: string) => void lines.push(`info ${message} ${JSON.stringify(details)}`),
    warn: (details: object, message: string) => void lines.push(`warn ${message} ${JSON.stringify(details)}`),
  }
  return { options: { connection: { connectionString: url }, folder, log, ...more }, lines }
}

/** A folder with these files, removed after the test. */
export async function migrationsFolder(t: TestContext, files: Record<string, string>): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'migrations-'))
  onTeardown(t, () => rm(made, { recursive: true }))
  for (const [name, text] of Object.entries(files)) await writeFile(join(made, name), text)
  return made
}

/** A migration file that makes table `name`; `more` comes before its verification. */
export function makesTable(name: string, more = '', header = ''): string {
  return `-- makes ${name}\n${header}\ncreate table public.${name} (id integer);\n${more}
do $$ begin
  perform what from (
    -- probe needed
    select 'table ${name}' where to_regclass('public.${name}') is null
    -- end probe
  ) as probe (what);
end $$;\n`
}

/** Runs a file as a person would, after what `before` says. undefined: psql is not installed here. */
export function psql(url: string, file: string, ...before: string[]): { code: number; output: string } | undefined {
  const { status, stdout, stderr, error } = spawnSync(
    'psql',
    ['-X', '-v', 'ON_ERROR_STOP=1', '-d', url, ...before, '-f', join(folder, file)],
    { encoding: 'utf8' },
  )
  return error === undefined ? { code: status ?? 1, output: stdout + stderr } : undefined
}

/** Everything of schema public that the migrations make, a line each: columns, constraints, indexes, triggers, functions, comments. */
export async function schemaOf(pool: pg.Pool): Promise<string[]> {
  const { rows } = await pool.query<{ line: string }>(`
    select format('column %s.%s %s%s default %s comment %s', relname, attname, format_type(atttypid, atttypmod),
                  case when attnotnull then ' not null' end, pg_get_expr(adbin, adrelid), col_description(c.oid, attnum)) as line
      from pg_class c
      join pg_attribute on attrelid = c.oid and attnum > 0 and not attisdropped
      left join pg_attrdef on adrelid = c.oid and adnum = attnum
     where relnamespace = 'public'::regnamespace and relkind = 'r' and relname <> 'observability_migrations'
    union all
    select format('constraint %s %s %s validated %s', conrelid::regclass, conname, pg_get_constraintdef(oid), convalidated)
      from pg_constraint
     where connamespace = 'public'::regnamespace and contype in ('c', 'f', 'p', 'u') and conrelid <> coalesce(to_regclass('public.observability_migrations'), 0)
    union all
    select format('index %s valid %s', pg_get_indexdef(indexrelid), indisvalid)
      from pg_index join pg_class on oid = indexrelid
     where relnamespace = 'public'::regnamespace and indrelid <> coalesce(to_regclass('public.observability_migrations'), 0)
    union all
    select format('trigger %s', pg_get_triggerdef(pg_trigger.oid))
      from pg_trigger where not tgisinternal
    union all
    select format('function %s', proname)
      from pg_proc where pronamespace = 'public'::regnamespace
     order by 1`)
  return rows.map(({ line }) => line)
}

/** A row as the writer sends it; gives its id. */
export async function invocation(client: pg.Pool | pg.PoolClient | pg.Client): Promise<string> {
  const { rows } = await client.query<{ id: string }>(`
    insert into invocations (source_function, source_event_payload) values ('orders', '{}') returning id`)
  return rows[0]?.id ?? ''
}
