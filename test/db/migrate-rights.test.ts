import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test, type TestContext } from 'node:test'
import type pg from 'pg'
import type { Logger } from 'pino'
import { checkMigrations, migrationStatus } from '../../src/db/migrate/check.ts'
import { migrateUp } from '../../src/db/migrate/migrate.ts'
import { migrateOrCheck } from '../../src/commands/migrations.ts'
import type { Source } from '../../src/commands/open-database.ts'
import { runner } from '../migrations/setup.ts'
import { database } from '../support/database.ts'
import { onTeardown } from '../support/teardown.ts'

/** The url of a new role that may log in and, at most, read: as observability_readonly may. */
async function readOnly(t: TestContext, url: string, pool: pg.Pool): Promise<string> {
  const role = `reader_${randomBytes(6).toString('hex')}`
  await pool.query(`create role ${role} login password '${role}'`)
  onTeardown(t, () => pool.query(`drop owned by ${role}; drop role ${role}`))
  // Postgres 13 and 14 let everybody create in public.
  await pool.query(`revoke create on schema public from public; grant select on all tables in schema public to ${role}`)
  const own = new URL(url)
  own.username = role
  own.password = role
  return own.href
}

test('a role that may only read can check, see the status, and start on a migrated database', async (t) => {
  const { url, pool } = await database(t, { migrated: false })
  const { applied } = await migrateUp(runner(url).options)
  const { options, lines } = runner(await readOnly(t, url, pool))
  assert.deepEqual(await checkMigrations(options), { missing: [], unknown: [] })
  assert.deepEqual(
    (await migrationStatus(options)).map(({ state }) => state),
    applied.map(() => 'recorded'),
  )
  assert.equal((await migrateUp(options)).already, applied.length)
  assert.deepEqual(lines, [])
})

test('without bookkeeping, or without the right to read it, the catalogue answers', async (t) => {
  const { url, pool } = await database(t, { migrated: false })
  const { applied } = await migrateUp(runner(url).options)
  const { options } = runner(await readOnly(t, url, pool))
  for (const change of [
    'revoke select on observability_migrations from public, ' +
      new URL(options.connection.connectionString ?? '').username,
    'drop table observability_migrations',
  ]) {
    await pool.query(change)
    assert.deepEqual(await checkMigrations(options), { missing: [], unknown: [] })
    assert.deepEqual(
      (await migrationStatus(options)).map(({ state }) => state),
      applied.map(() => 'present'),
    )
    await assert.rejects(
      migrateUp(options),
      /^MigrationError: (the bookkeeping of the migrations \(public\.observability_migrations\) cannot be made|000_create_base_tables is in place but could not be recorded): permission denied .* Run the migrations as the owner of the tables \(DATABASE_URL\), or by hand, and start the service with MIGRATE_ON_START=off$/,
    )
  }
})

test('the service starts with a role that may only read, although a migration is pending that it can do without, and says what it cannot do', async (t) => {
  const { url, pool } = await database(t, { migrated: false })
  await migrateUp(runner(url).options, { to: '000' })
  const {
    options: { connection },
  } = runner(await readOnly(t, url, pool))
  const lines: string[] = []
  const say = (...given: unknown[]) => void lines.push(String(given.at(-1)))
  const log = { info: say, warn: say } as unknown as Logger
  const start = () =>
    migrateOrCheck(
      { runAtStart: true, createTables: false, trustedOwners: '' },
      { connection } as Source,
      log,
      new AbortController().signal,
    )
  await assert.rejects(
    start(),
    /^MigrationError: the database lacks column invocations\.source_job_id \(001_add_source_job_id_up\.sql\): run /,
  )
  await migrateUp(runner(url).options, { to: '004' })
  lines.length = 0
  await start()
  const [why, what, slow, slower, ...rest] = lines
  const lost = rest.filter((line) => line.includes('(008_'))
  const uncounted = rest.filter((line) => line.includes('(010_'))
  const unsummed = rest.filter((line) => line.includes('(011_'))
  const unsearched = rest.filter((line) => line.includes('(012_'))
  assert.deepEqual([uncounted.length, unsummed.length, unsearched.length, rest.length], [2, 3, 2, lost.length + 9])
  for (const line of uncounted)
    assert.match(
      line,
      /^the database lacks table observability_\w+ \(010_create_rollup_tables_up\.sql\): figures of long windows are counted for each request until/,
    )
  for (const line of unsearched)
    assert.match(
      line,
      /^the database lacks table observability_\w+ \(012_create_search_tables_up\.sql\): a search for a record reads the payloads of the newest 5,000 invocations alone until/,
    )
  assert.match(
    why ?? '',
    /^migrations: checked only, because they may not be run here: 005_add_source_type_up\.sql failed: must be owner of table invocations\. Run the migrations as the owner/,
  )
  assert.match(
    what ?? '',
    /^the database lacks column invocations\.source_type \(005_add_source_type_up\.sql\): EventKit cannot write to it until/,
  )
  assert.match(
    slow ?? '',
    /^the database lacks index event_executions_crashes_by_invocation \(006_\w+\.sql\): answers may be slow until/,
  )
  assert.match(
    slower ?? '',
    /^the database lacks index event_executions_detected_newest \(007_\w+\.sql\): answers may be slow until/,
  )
  assert.equal(lost.length, 3)
  for (const line of lost)
    assert.match(
      line,
      /^the database lacks table observability_\w+ \(008_create_link_tables_up\.sql\): lost links cannot be recovered until/,
    )
})

test('check: missing tables or columns stop the start, missing indexes only warn', async (t) => {
  const { url, pool } = await database(t, { migrated: false })
  const { options, lines } = runner(url)
  await assert.rejects(
    checkMigrations(options),
    /^MigrationError: the database lacks table event_executions \(000_create_base_tables_up\.sql\), table invocations .*: run "npm run migrate -- up" as the owner of the tables, or run these files by hand \(migrations\/README\.md\)$/,
  )
  assert.deepEqual(
    (await pool.query(`select relname from pg_class where relnamespace = 'public'::regnamespace`)).rows,
    [],
  )
  await migrateUp(options)
  await pool.query('drop index invocations_links_newest, idx_invocations_status; drop table observability_migrations')
  lines.length = 0
  const { missing } = await checkMigrations(options)
  assert.deepEqual(missing, [
    'index idx_invocations_status (000_create_base_tables_up.sql)',
    'index invocations_links_newest (004_index_invocations_links_newest_up.sql)',
  ])
  assert.equal(lines.filter((line) => line.startsWith('warn the database lacks index')).length, 2)
  await pool.query('alter table invocations drop column source_job_id')
  await assert.rejects(
    checkMigrations(options),
    /the database lacks column invocations\.source_job_id \(001_add_source_job_id_up\.sql\): run/,
  )
})

test('what was recorded and is gone since is noticed at the start', async (t) => {
  const { url, pool } = await database(t, { migrated: false })
  const { options, lines } = runner(url)
  await migrateUp(options)
  await pool.query('drop index invocations_links_newest')
  lines.length = 0
  await migrateUp(options)
  assert.match(lines.join('\n'), /^warn the database lacks index invocations_links_newest/)
})

test('what is missing is warned about with what it means: an index or a primary key makes answers slow, a CHECK does not', async (t) => {
  const { url, pool } = await database(t, { migrated: false })
  const { options, lines } = runner(url)
  await migrateUp(options)
  await pool.query(`drop index idx_invocations_status; alter table event_executions drop constraint event_executions_status_check;
    alter table invocations drop constraint fk_invocations_source_job_id; alter table job_executions drop constraint job_executions_pkey`)
  lines.length = 0
  await checkMigrations(options)
  const warned = (what: string): string => lines.find((line) => line.includes(what)) ?? lines.join('\n')
  assert.match(warned('index idx_invocations_status'), /: answers may be slow until that migration is run/)
  assert.match(
    warned('primary key job_executions_pkey'),
    /: answers may be slow, and show an id twice that is doubled later, until that migration is run/,
  )
  assert.match(
    warned('002_fix_event_executions'),
    /lacks CHECK of event_executions\.status .*: a writer's flush with such a status is refused until/,
  )
  assert.match(
    warned('foreign key fk_invocations_source_job_id'),
    /: the tables are laxer than the writer expects until/,
  )
})
