import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkMigrations, migrationStatus } from '../../src/db/migrate/check.ts'
import { migrateUp } from '../../src/db/migrate/migrate.ts'
import { database } from '../support/database.ts'
import { ask } from '../support/embedded.ts'
import { migratedBy4693e8b, runner, schemaOf } from './setup.ts'

const recordedThen = [...migratedBy4693e8b.matchAll(/VALUES \('(\d{3}_\w+)', '([0-9a-f]{64})'/g)].map(
  ([, name = '', checksum = '']) => ({ name, checksum }),
)

test('a database that commit 4693e8b migrated: what it recorded is recorded, and no step of it runs again', async (t) => {
  const { url, pool } = await database(t, { migrated: false })
  await ask(url, migratedBy4693e8b)
  const { options, lines } = runner(url)
  const schema = await schemaOf(pool)
  const names = recordedThen.map(({ name }) => name)
  assert.equal(names.length, 5)
  const before = (await migrationStatus(options)).filter(({ name }) => names.includes(name))
  assert.deepEqual(
    before.map(({ state, missing }) => ({ state, missing })),
    names.map(() => ({ state: 'recorded', missing: [] })),
  )
  assert.deepEqual((await checkMigrations(options)).unknown, [])
  const { applied, already } = await migrateUp(options)
  assert.equal(already, names.length)
  assert.deepEqual(
    applied.filter((name) => names.includes(name)),
    [],
  )
  const after = await schemaOf(pool)
  assert.deepEqual(
    schema.filter((line) => !after.includes(line)),
    [],
    'nothing of it is gone or another',
  )
  assert.deepEqual(
    (await pool.query('select name, checksum from observability_migrations order by name limit 5')).rows,
    recordedThen,
    'the rows stay as they are',
  )
  assert.doesNotMatch(lines.join('\n'), /edited/)
})

test('a file that no version of it is remains edited', async (t) => {
  const { url, pool } = await database(t, { migrated: false })
  await ask(url, migratedBy4693e8b)
  await pool.query(`update observability_migrations set checksum = repeat('0', 64) where name like '003%'`)
  await assert.rejects(
    migrateUp(runner(url).options),
    /003_index_invocations_triggered_by_job_up\.sql was edited after/,
  )
})
