import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import pg from 'pg'
import { checkMigrations, migrationStatus } from '../../src/db/migrate/check.ts'
import { migrateUp } from '../../src/db/migrate/migrate.ts'
import { database } from '../support/database.ts'
import { folderFor, start } from '../support/embedded.ts'
import { serve } from '../support/serve.ts'
import { runner, schemaOf } from './setup.ts'

const fixture = readFileSync(new URL('../fixtures/migrated-by-4693e8b.sql', import.meta.url), 'utf8')
const recordedThen = [...fixture.matchAll(/VALUES \('(\d{3}_\w+)', '([0-9a-f]{64})'/g)].map(([, name = '', checksum = '']) => ({ name, checksum }))

/** Over a connection of its own, because the fixture empties the search path of its session. */
async function fill(connectionString: string): Promise<void> {
  const client = new pg.Client({ connectionString })
  await client.connect()
  try {
    await client.query(fixture)
  } finally {
    await client.end()
  }
}

test('a database that commit 4693e8b migrated: what it recorded is recorded, and no step of it runs again', async (t) => {
  const { url, pool } = await database(t, { migrated: false })
  await fill(url)
  const { options, lines } = runner(url)
  const schema = await schemaOf(pool)
  const names = recordedThen.map(({ name }) => name)
  assert.equal(names.length, 5)
  const before = (await migrationStatus(options)).filter(({ name }) => names.includes(name))
  assert.deepEqual(before.map(({ state, missing }) => ({ state, missing })), names.map(() => ({ state: 'recorded', missing: [] })))
  assert.deepEqual((await checkMigrations(options)).unknown, [])
  const { applied, already } = await migrateUp(options)
  assert.equal(already, names.length)
  assert.deepEqual(applied.filter((name) => names.includes(name)), [])
  const after = await schemaOf(pool)
  assert.deepEqual(schema.filter((line) => !after.includes(line)), [], 'nothing of it is gone or another')
  assert.deepEqual((await pool.query('select name, checksum from observability_migrations order by name limit 5')).rows, recordedThen, 'the rows stay as they are')
  assert.doesNotMatch(lines.join('\n'), /edited/)
})

test('a file that no version of it is remains edited', async (t) => {
  const { url, pool } = await database(t, { migrated: false })
  await fill(url)
  await pool.query(`update observability_migrations set checksum = repeat('0', 64) where name like '003%'`)
  await assert.rejects(migrateUp(runner(url).options), /003_index_invocations_triggered_by_job_up\.sql was edited after/)
})

test('a data folder that commit 4693e8b made and migrated: the service starts on it', async (t) => {
  const folder = await folderFor(t)
  const embedded = await start(t, folder)
  await fill(embedded.url)
  await embedded.stop()
  const service = await serve(t, { DATA_DIR: folder, DEMO: 'off' })
  const base = await service.ready()
  assert.match(service.messages().join('\n'), /^migrations: .*; 5 recorded before$/m)
  assert.equal((await fetch(`${base}/invocations`)).status, 200)
  service.kill('SIGTERM')
  assert.equal(await service.ended(), 0)
})
