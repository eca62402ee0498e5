import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import pg from 'pg'
import { migrationStatus } from '../../src/db/migrate/check.ts'
import { migrateUp } from '../../src/db/migrate/migrate.ts'
import { parseScript } from '../../src/db/migrate/script.ts'
import { database } from '../support/database.ts'
import { patience } from '../support/patience.ts'
import { onTeardown } from '../support/teardown.ts'
import { until } from '../support/until.ts'
import { folder, invocation, runner } from './setup.ts'

/** A writer with a transaction open on all three tables, as a flush leaves it between its statements. */
async function openFlush(t: TestContext, url: string): Promise<pg.Client> {
  const writer = new pg.Client({ connectionString: url, statement_timeout: patience(10_000) })
  await writer.connect()
  onTeardown(t, () => writer.end())
  await writer.query('begin')
  await writer.query('insert into event_executions (invocation_id, event_name) values ($1, $2)', [
    await invocation(writer),
    'paid',
  ])
  await writer.query(
    `insert into job_executions (invocation_id, event_execution_id, job_name) select invocation_id, id, 'pay' from event_executions`,
  )
  return writer
}

/** Another writer's whole flush, in a transaction of its own; one that the migration blocks fails after 10 s. */
async function flush(t: TestContext, url: string): Promise<void> {
  const writer = await openFlush(t, url)
  await writer.query('commit')
}

async function noneMissing(url: string): Promise<void> {
  assert.deepEqual(
    (await migrationStatus(runner(url).options)).flatMap(({ missing }) => missing),
    [],
  )
}

test('001, 002 and 005 try again and again while a writer holds its transaction, and block no other writer', async (t) => {
  const { url } = await database(t, { migrated: false })
  for (const [done, to] of [
    ['000', '001'],
    ['001', '002'],
    ['004', '005'],
  ] as const) {
    await migrateUp(runner(url).options, { to: done })
    const open = await openFlush(t, url)
    const { options, lines } = runner(url)
    const migrating = migrateUp(options, { to })
    await until(
      `${to} waits for the second time`,
      () => lines.filter((line) => line.includes('waiting for a lock')).length >= 2,
    )
    await flush(t, url)
    await open.query(`insert into invocations (source_function, source_event_payload) values ('late', '{}')`)
    await open.query('commit')
    assert.equal((await migrating).applied.length, 1)
  }
  await migrateUp(runner(url).options)
  await noneMissing(url)
})

test('000 repairs what is missing while a writer holds its transaction, and blocks no other writer', async (t) => {
  const { url, pool } = await database(t, { migrated: false })
  await migrateUp(runner(url).options)
  await pool.query('drop table observability_migrations')
  for (const broken of [
    'drop constraint job_executions_pkey cascade',
    'drop constraint job_executions_invocation_id_fkey',
    'drop constraint job_executions_status_check',
  ]) {
    await pool.query(`alter table job_executions ${broken}; drop table if exists observability_migrations`)
    const open = await openFlush(t, url)
    const { options, lines } = runner(url)
    const migrating = migrateUp(options)
    // The key's unique index is built first: it waits for the open transaction without a timeout, and holds up nobody.
    await until(
      `${broken}: the repair waits`,
      async () =>
        lines.filter((line) => line.includes('waiting for a lock')).length >= 2 ||
        (
          await pool.query(
            `select from pg_stat_activity where query like '%create unique index concurrently%' and wait_event_type = 'Lock' and pid <> pg_backend_pid()` +
              ' and datname = current_database()',
          )
        ).rowCount === 1,
    )
    await flush(t, url)
    await open.query(`insert into invocations (source_function, source_event_payload) values ('late', '{}')`)
    await open.query('commit')
    await migrating
    await noneMissing(url)
  }
})

test('an index build waits for a writer that holds its transaction, and blocks no other writer', async (t) => {
  const { url, pool } = await database(t, { migrated: false })
  await migrateUp(runner(url).options, { to: '002' })
  const open = await openFlush(t, url)
  const migrating = migrateUp(runner(url).options)
  await until(
    'the build waits for the open transaction',
    async () =>
      (
        await pool.query(
          `select from pg_stat_activity where query like '%create index concurrently%' and wait_event_type = 'Lock' and pid <> pg_backend_pid()` +
            ' and datname = current_database()',
        )
      ).rowCount,
  )
  await flush(t, url)
  await open.query(`insert into invocations (source_function, source_event_payload) values ('late', '{}')`)
  await open.query('commit')
  assert.deepEqual((await migrating).applied, [
    '003_index_invocations_triggered_by_job',
    '004_index_invocations_links_newest',
    '005_add_source_type',
    '006_index_event_executions_crashes_by_invocation',
    '007_index_event_executions_detected_newest',
    '008_create_link_tables',
    '009_index_observability_links_recovered',
    '010_create_rollup_tables',
    '011_create_tree_summary_tables',
    '012_create_search_tables',
  ])
  await noneMissing(url)
})

test('where its effect is there already, no file waits for a writer', { timeout: patience(30_000) }, async (t) => {
  const { url } = await database(t, { migrated: false })
  const { applied } = await migrateUp(runner(url).options)
  await openFlush(t, url)
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  onTeardown(t, () => client.end())
  for (const name of applied) {
    const { statements } = parseScript(name, readFileSync(join(folder, `${name}_up.sql`), 'utf8'))
    for (const statement of statements) await client.query(statement)
  }
})

test('an invalid index is dropped and built again', async (t) => {
  const { url, pool } = await database(t, { migrated: false })
  await migrateUp(runner(url).options, { to: '002' })
  await Promise.all([invocation(pool), invocation(pool)])
  // Two equal rows make a unique build fail half-way, which leaves its index behind, invalid.
  await assert.rejects(
    pool.query('create unique index concurrently invocations_links_newest on invocations (status)'),
    /could not create unique index/,
  )
  await assert.rejects(
    async () => {
      const { statements } = parseScript(
        '004',
        readFileSync(join(folder, '004_index_invocations_links_newest_up.sql'), 'utf8'),
      )
      for (const statement of statements) await pool.query(statement)
    },
    (error: pg.DatabaseError) =>
      error.hint ===
      'Run: drop index concurrently if exists public.invocations_links_newest; and then this file again.',
  )
  const { options, lines } = runner(url)
  await migrateUp(options)
  assert.match(lines.join('\n'), /warn dropping the invalid index invocations_links_newest/)
  await noneMissing(url)
})

test('an index that somebody else is building is waited for, not dropped', async (t) => {
  const { url, pool } = await database(t, { migrated: false })
  await migrateUp(runner(url).options, { to: '002' })
  const open = await openFlush(t, url)
  const building = pool.query(
    'create index concurrently invocations_triggered_by_job on public.invocations (source_job_id, created_at, id) where source_job_id is not null',
  )
  const half = await until(
    'the other build has begun',
    async () =>
      (await pool.query<{ oid: number }>(`select indexrelid::int as oid from pg_index where not indisvalid`)).rows[0],
  )
  const { options, lines } = runner(url)
  const migrating = migrateUp(options)
  await until('the runner says that it waits', () =>
    lines.some((line) => line.includes('another session is building the index invocations_triggered_by_job')),
  )
  await open.query('commit')
  await Promise.all([building, migrating])
  assert.equal((await pool.query(`select from pg_index where indexrelid = $1 and indisvalid`, [half.oid])).rowCount, 1)
  await noneMissing(url)
})
