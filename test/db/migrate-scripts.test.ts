import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkMigrations, migrationStatus } from '../../src/db/migrate/check.ts'
import { migrateUp } from '../../src/db/migrate/migrate.ts'
import { database } from '../support/database.ts'
import { makesTable, migrationsFolder, runner } from '../migrations/setup.ts'

const down = (name: string): string => `-- undone\ndrop table public.${name};\n`
const both = {
  '000_a_up.sql': makesTable('a'),
  '000_a_down.sql': down('a'),
  '001_b_up.sql': makesTable('b'),
  '001_b_down.sql': down('b'),
}

test('what a later migration removes is not missed', async (t) => {
  const { url, pool } = await database(t, { migrated: false })
  const gone = makesTable('x', '', '-- removes: table a')
    .replace('create table public.x (id integer)', 'drop table if exists public.a')
    .replace(`to_regclass('public.x') is null`, `to_regclass('public.a') is not null`)
  const folder = await migrationsFolder(t, { '000_a_up.sql': makesTable('a'), '001_no_a_up.sql': gone })
  const { options, lines } = runner(url, { folder })
  assert.deepEqual((await migrateUp(options)).applied, ['000_a', '001_no_a'])
  assert.deepEqual(await checkMigrations(options), { missing: [], unknown: [] })
  await pool.query('drop table observability_migrations')
  assert.deepEqual(
    (await migrationStatus(options)).map(({ state }) => state),
    ['present', 'present'],
  )
  assert.deepEqual(
    lines.filter((line) => line.startsWith('warn')),
    [],
  )
})

test('a file that ends its own transaction is found out', async (t) => {
  const { url } = await database(t, { migrated: false })
  for (const end of ['commit;', 'rollback;', 'commit; begin;', 'end;']) {
    const name = `t${end.replaceAll(/\W/g, '')}`
    const folder = await migrationsFolder(t, { [`000_${name}_up.sql`]: makesTable(name, end) })
    const { options } = runner(url, { folder })
    await assert.rejects(
      migrateUp(options),
      new RegExp(
        `000_${name}_up\\.sql ended its transaction by itself, so .* take COMMIT and ROLLBACK out of the file`,
      ),
      end,
    )
    assert.notEqual((await migrationStatus(options))[0]?.state, 'recorded')
  }
})

test('notices go to the log, without the noise of what is there already', async (t) => {
  const { url } = await database(t, { migrated: false })
  const notices = `create table if not exists public.a (id integer); do $$ begin raise notice 'seven rows'; raise warning 'one odd row'; end $$;`
  const folder = await migrationsFolder(t, { '000_a_up.sql': makesTable('a', notices) })
  const { options, lines } = runner(url, { folder })
  await migrateUp(options)
  assert.match(lines.join('\n'), /info seven rows/)
  assert.match(lines.join('\n'), /warn one odd row/)
  assert.doesNotMatch(lines.join('\n'), /already exists/)
})

test('settings of one file do not reach the next, nor those of the role', async (t) => {
  const { url, pool } = await database(t, { migrated: false })
  await pool.query(
    `do $$ begin execute format('alter database %I set default_transaction_read_only = on', current_database()); end $$`,
  )
  const probe = `insert into public.b select 1 where current_setting('lock_timeout') = '0' and current_setting('tcp_keepalives_idle') = '30' and replace(current_setting('search_path'), ' ', '') = 'pg_catalog,pg_temp' and current_setting('TimeZone') = 'UTC';`
  const folder = await migrationsFolder(t, {
    ...both,
    '000_a_up.sql': makesTable(
      'a',
      `set lock_timeout = '1s'; set search_path = nowhere, public; set timezone = 'Asia/Tokyo';`,
    ),
    '001_b_up.sql': makesTable('b', probe),
  })
  await migrateUp(runner(url, { folder }).options)
  assert.equal((await pool.query('select from b')).rowCount, 1)
})

test('what cannot be a migration is refused with a sentence', async (t) => {
  const refusals: Array<[Record<string, string>, RegExp]> = [
    [{}, /holds no migration/],
    [{ 'notes.sql': '' }, /notes\.sql is not named like a migration: call it NNN_description_up\.sql/],
    [{ '000_a_down.sql': '' }, /has 000_a_down\.sql but no 000_a_up\.sql: restore it/],
    [{ '000_a_up.sql': 'select 1;' }, /000_a_up\.sql has no probe/],
    [
      { '000_a_up.sql': makesTable('a').replace('-- end probe', '') },
      /000_a_up\.sql has a probe that is not written as/,
    ],
    [
      { '000_a_up.sql': makesTable('a', '', '-- transaction: maybe') },
      /000_a_up\.sql says "-- transaction: maybe"; allowed is none/,
    ],
    [
      { '000_a_up.sql': makesTable('a'), '000_b_up.sql': makesTable('b') },
      /has 000_b where a migration numbered 001 should stand/,
    ],
  ]
  for (const [files, sentence] of refusals) {
    const { options } = runner('postgres://127.0.0.1:1/none', { folder: await migrationsFolder(t, files) })
    await assert.rejects(migrateUp(options), sentence)
  }
  await assert.rejects(
    migrateUp(runner('postgres://127.0.0.1:1/none', { folder: '/nowhere' }).options),
    /the migrations folder \/nowhere cannot be read/,
  )
  const unreachable = runner('postgres://127.0.0.1:1/none', { folder: await migrationsFolder(t, both) })
  await assert.rejects(migrateUp(unreachable.options), /the database cannot be reached for the migrations: /)
})
