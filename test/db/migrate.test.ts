import assert from 'node:assert/strict'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { checkMigrations, migrationStatus } from '../../src/db/migrate/check.ts'
import { migrateDown, migrateUp } from '../../src/db/migrate/migrate.ts'
import { database } from '../support/database.ts'
import { makesTable, migrationsFolder, runner } from '../migrations/setup.ts'

const down = (name: string): string => `-- undone\ndrop table ${name};\n`
const both = { '000_a_up.sql': makesTable('a'), '000_a_down.sql': down('a'), '001_b_up.sql': makesTable('b'), '001_b_down.sql': down('b') }

test('runs what is pending, in order, each once', async (t) => {
  const { url } = await database(t, { migrated: false })
  const folder = await migrationsFolder(t, both)
  const { options, lines } = runner(url, { folder })
  assert.deepEqual(await migrateUp(options), { applied: ['000_a', '001_b'], adopted: [], already: 0, unknown: [] })
  assert.deepEqual(await migrateUp(options), { applied: [], adopted: [], already: 2, unknown: [] })
  assert.match(lines.join('\n'), /info 000_a applied .*durationMs/)
})

test('a transactional migration that fails leaves nothing, and runs again', async (t) => {
  const { url, pool } = await database(t, { migrated: false })
  const folder = await migrationsFolder(t, { ...both, '001_b_up.sql': makesTable('b', 'select 1/0;') })
  const { options } = runner(url, { folder })
  await assert.rejects(migrateUp(options), { name: 'MigrationError', message: '001_b_up.sql failed: division by zero' })
  assert.deepEqual((await migrationStatus(options)).map(({ state }) => state), ['recorded', 'pending'])
  assert.equal((await pool.query(`select to_regclass('public.b') as b`)).rows[0]?.b, null)
  await writeFile(join(folder, '001_b_up.sql'), makesTable('b'))
  assert.deepEqual((await migrateUp(options)).applied, ['001_b'])
})

test('a migration outside a transaction that fails goes on from where it was', async (t) => {
  const { url } = await database(t, { migrated: false })
  const text = (middle: string): string => makesTable('b', `-- next\n${middle};\n-- next\n`, '-- transaction: none').replace('create table b', 'create table if not exists b')
  const folder = await migrationsFolder(t, { ...both, '001_b_up.sql': text('select 1/0') })
  const { options } = runner(url, { folder })
  await assert.rejects(migrateUp(options), /001_b_up\.sql failed: division by zero/)
  const states = await migrationStatus(options)
  assert.deepEqual(states.map(({ state }) => state), ['recorded', 'present'])
  await writeFile(join(folder, '001_b_up.sql'), text('create index concurrently if not exists b_id on b (id)'))
  assert.deepEqual((await migrateUp(options)).adopted, ['001_b'])
})

test('an edited file stops the start; line endings are no edit', async (t) => {
  const { url } = await database(t, { migrated: false })
  const folder = await migrationsFolder(t, both)
  const { options } = runner(url, { folder })
  await migrateUp(options)
  await writeFile(join(folder, '000_a_up.sql'), makesTable('a').replaceAll('\n', '\r\n'))
  assert.equal((await migrateUp(options)).already, 2)
  await writeFile(join(folder, '000_a_up.sql'), makesTable('a', '-- one more line\n'))
  for (const refused of [migrateUp, checkMigrations, migrateDown]) {
    await assert.rejects(refused(options), /^MigrationError: 000_a_up\.sql was edited after .*: restore the file from version control and put the change into a new migration$/)
  }
  assert.deepEqual((await migrationStatus(options)).map(({ state }) => state), ['edited', 'recorded'])
})

test('a gap, in the files or in the bookkeeping, stops the start', async (t) => {
  const { url, pool } = await database(t, { migrated: false })
  const folder = await migrationsFolder(t, both)
  const { options } = runner(url, { folder })
  await migrateUp(options)
  await pool.query(`delete from observability_migrations where name = '000_a'`)
  await assert.rejects(migrateUp(options), /^MigrationError: 000_a is not recorded although 001_b is: run 000_a_up\.sql by hand/)
  await rm(join(folder, '000_a_up.sql'))
  await rm(join(folder, '000_a_down.sql'))
  await assert.rejects(migrateUp(options), /has 001_b where a migration numbered 000 should stand: .*; restore the missing file or renumber$/)
})

test('a migration that this build does not know is served unless it is breaking', async (t) => {
  const { url } = await database(t, { migrated: false })
  const older = await migrationsFolder(t, both)
  for (const [header, file] of [['', '002_c'], ['-- breaking', '003_d']] as const) {
    const newer = await migrationsFolder(t, { ...both, '002_c_up.sql': makesTable('c'), [`${file}_up.sql`]: makesTable(file.slice(4), '', header) })
    await migrateUp(runner(url, { folder: newer }).options)
    const { options, lines } = runner(url, { folder: older })
    if (header === '') {
      assert.deepEqual((await migrateUp(options)).unknown, ['002_c'])
      assert.match(lines.join('\n'), /^warn the database has migrations that this build does not know, none of them breaking: 002_c /)
      assert.deepEqual((await checkMigrations(options)).unknown, ['002_c'])
      await assert.rejects(migrateDown(options), /002_c came after what this build knows: revert that first, with the build/)
    } else {
      const sentence = /^MigrationError: the database has the breaking migration 003_d, which this build does not know: start a newer build, or revert it/
      await assert.rejects(migrateUp(options), sentence)
      await assert.rejects(checkMigrations(options), sentence)
    }
    assert.equal((await migrationStatus(options)).at(-1)?.state, 'unknown')
  }
})

test('two branches with the same number are told apart', async (t) => {
  const { url } = await database(t, { migrated: false })
  await migrateUp(runner(url, { folder: await migrationsFolder(t, both) }).options)
  const folder = await migrationsFolder(t, { '000_a_up.sql': both['000_a_up.sql'], '001_other_up.sql': makesTable('other') })
  await assert.rejects(migrateUp(runner(url, { folder }).options), /the database has 001_b where this build has 001_other: .* or renumber the newer one/)
})

test('down: the last, some, or down to one; refused without a _down file', async (t) => {
  const { url } = await database(t, { migrated: false })
  const folder = await migrationsFolder(t, { ...both, '002_c_up.sql': makesTable('c') })
  const { options } = runner(url, { folder })
  await assert.rejects(migrateDown(options), /nothing is recorded, so there is nothing to revert: "migrate up" records what is in place/)
  await migrateUp(options)
  await assert.rejects(migrateDown(options), /002_c cannot be reverted: 002_c_down\.sql is missing; write or restore it\. Nothing of 002_c was changed/)
  await writeFile(join(folder, '002_c_down.sql'), down('c'))
  assert.deepEqual((await migrateDown(options)).reverted, ['002_c'])
  assert.deepEqual((await migrateDown(options, { steps: 2 })).reverted, ['001_b', '000_a'])
  await migrateUp(options, { to: '1' })
  await assert.rejects(migrateDown(options, { to: '002_c' }), /002_c is not recorded, so it cannot be reverted/)
  await assert.rejects(migrateDown(options, { to: '9' }), /there is no migration 9; there are 000_a, 001_b, 002_c/)
  assert.deepEqual((await migrateDown(options, { to: '000_a' })).reverted, ['001_b', '000_a'])
})

test('what a later migration removes is not missed', async (t) => {
  const { url, pool } = await database(t, { migrated: false })
  const gone = makesTable('x', '', '-- removes: table a')
    .replace('create table x (id integer)', 'drop table if exists a')
    .replace(`to_regclass('public.x') is null`, `to_regclass('public.a') is not null`)
  const folder = await migrationsFolder(t, { '000_a_up.sql': makesTable('a'), '001_no_a_up.sql': gone })
  const { options, lines } = runner(url, { folder })
  assert.deepEqual((await migrateUp(options)).applied, ['000_a', '001_no_a'])
  assert.deepEqual(await checkMigrations(options), { missing: [], unknown: [] })
  await pool.query('drop table observability_migrations')
  assert.deepEqual((await migrationStatus(options)).map(({ state }) => state), ['present', 'present'])
  assert.deepEqual(lines.filter((line) => line.startsWith('warn')), [])
})

test('a file that ends its own transaction is found out', async (t) => {
  const { url } = await database(t, { migrated: false })
  for (const end of ['commit;', 'rollback;', 'commit; begin;', 'end;']) {
    const name = `t${end.replaceAll(/\W/g, '')}`
    const folder = await migrationsFolder(t, { [`000_${name}_up.sql`]: makesTable(name, end) })
    const { options } = runner(url, { folder })
    await assert.rejects(migrateUp(options), new RegExp(`000_${name}_up\\.sql ended its transaction by itself, so .* take COMMIT and ROLLBACK out of the file`), end)
    assert.notEqual((await migrationStatus(options))[0]?.state, 'recorded')
  }
})

test('notices go to the log, without the noise of what is there already', async (t) => {
  const { url } = await database(t, { migrated: false })
  const notices = `create table if not exists a (id integer); do $$ begin raise notice 'seven rows'; raise warning 'one odd row'; end $$;`
  const folder = await migrationsFolder(t, { '000_a_up.sql': makesTable('a', notices) })
  const { options, lines } = runner(url, { folder })
  await migrateUp(options)
  assert.match(lines.join('\n'), /info seven rows/)
  assert.match(lines.join('\n'), /warn one odd row/)
  assert.doesNotMatch(lines.join('\n'), /already exists/)
})

test('settings of one file do not reach the next, nor those of the role', async (t) => {
  const { url, pool } = await database(t, { migrated: false })
  await pool.query(`do $$ begin execute format('alter database %I set default_transaction_read_only = on', current_database()); end $$`)
  const probe = `insert into b select 1 where current_setting('lock_timeout') = '0' and current_setting('search_path') <> 'nowhere' and current_setting('TimeZone') = 'UTC';`
  const folder = await migrationsFolder(t, { ...both, '000_a_up.sql': makesTable('a', `set lock_timeout = '1s'; set search_path = nowhere, public; set timezone = 'Asia/Tokyo';`), '001_b_up.sql': makesTable('b', probe) })
  await migrateUp(runner(url, { folder }).options)
  assert.equal((await pool.query('select from b')).rowCount, 1)
})

test('what cannot be a migration is refused with a sentence', async (t) => {
  const refusals: Array<[Record<string, string>, RegExp]> = [
    [{}, /holds no migration/],
    [{ 'notes.sql': '' }, /notes\.sql is not named like a migration: call it NNN_description_up\.sql/],
    [{ '000_a_down.sql': '' }, /has 000_a_down\.sql but no 000_a_up\.sql: restore it/],
    [{ '000_a_up.sql': 'select 1;' }, /000_a_up\.sql has no probe/],
    [{ '000_a_up.sql': makesTable('a').replace('-- end probe', '') }, /000_a_up\.sql has a probe that is not written as/],
    [{ '000_a_up.sql': makesTable('a', '', '-- transaction: maybe') }, /000_a_up\.sql says "-- transaction: maybe"; allowed is none/],
    [{ '000_a_up.sql': makesTable('a'), '000_b_up.sql': makesTable('b') }, /has 000_b where a migration numbered 001 should stand/],
  ]
  for (const [files, sentence] of refusals) {
    const { options } = runner('postgres://127.0.0.1:1/none', { folder: await migrationsFolder(t, files) })
    await assert.rejects(migrateUp(options), sentence)
  }
  await assert.rejects(migrateUp(runner('postgres://127.0.0.1:1/none', { folder: '/nowhere' }).options), /the migrations folder \/nowhere cannot be read/)
  const unreachable = runner('postgres://127.0.0.1:1/none', { folder: await migrationsFolder(t, both) })
  await assert.rejects(migrateUp(unreachable.options), /the database cannot be reached for the migrations: /)
})
