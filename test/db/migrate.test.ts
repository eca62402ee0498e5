import assert from 'node:assert/strict'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { checkMigrations, migrationStatus } from '../../src/db/migrate/check.ts'
import { migrateDown } from '../../src/db/migrate/down.ts'
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
  assert.deepEqual(
    (await migrationStatus(options)).map(({ state }) => state),
    ['recorded', 'pending'],
  )
  assert.equal((await pool.query(`select to_regclass('public.b') as b`)).rows[0]?.b, null)
  await writeFile(join(folder, '001_b_up.sql'), makesTable('b'))
  assert.deepEqual((await migrateUp(options)).applied, ['001_b'])
})

test('a migration outside a transaction that fails goes on from where it was', async (t) => {
  const { url } = await database(t, { migrated: false })
  const text = (middle: string): string =>
    makesTable('b', `-- next\n${middle};\n-- next\n`, '-- transaction: none').replace(
      'create table b',
      'create table if not exists b',
    )
  const folder = await migrationsFolder(t, { ...both, '001_b_up.sql': text('select 1/0') })
  const { options } = runner(url, { folder })
  await assert.rejects(migrateUp(options), /001_b_up\.sql failed: division by zero/)
  const states = await migrationStatus(options)
  assert.deepEqual(
    states.map(({ state }) => state),
    ['recorded', 'present'],
  )
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
    await assert.rejects(
      refused(options),
      /^MigrationError: 000_a_up\.sql was edited after .*: restore the file from version control and put the change into a new migration$/,
    )
  }
  assert.deepEqual(
    (await migrationStatus(options)).map(({ state }) => state),
    ['edited', 'recorded'],
  )
})

test('a gap, in the files or in the bookkeeping, stops the start', async (t) => {
  const { url, pool } = await database(t, { migrated: false })
  const folder = await migrationsFolder(t, both)
  const { options } = runner(url, { folder })
  await migrateUp(options)
  await pool.query(`delete from observability_migrations where name = '000_a'`)
  await assert.rejects(
    migrateUp(options),
    /^MigrationError: 000_a is not recorded although 001_b is: run 000_a_up\.sql by hand/,
  )
  await rm(join(folder, '000_a_up.sql'))
  await rm(join(folder, '000_a_down.sql'))
  await assert.rejects(
    migrateUp(options),
    /has 001_b where a migration numbered 000 should stand: .*; restore the missing file or renumber$/,
  )
})

test('a migration that this build does not know is served unless it is breaking', async (t) => {
  const { url } = await database(t, { migrated: false })
  const older = await migrationsFolder(t, both)
  for (const [header, file] of [
    ['', '002_c'],
    ['-- breaking', '003_d'],
  ] as const) {
    const newer = await migrationsFolder(t, {
      ...both,
      '002_c_up.sql': makesTable('c'),
      [`${file}_up.sql`]: makesTable(file.slice(4), '', header),
    })
    await migrateUp(runner(url, { folder: newer }).options)
    const { options, lines } = runner(url, { folder: older })
    if (header === '') {
      assert.deepEqual((await migrateUp(options)).unknown, ['002_c'])
      assert.match(
        lines.join('\n'),
        /^warn the database has migrations that this build does not know, none of them breaking: 002_c /,
      )
      assert.deepEqual((await checkMigrations(options)).unknown, ['002_c'])
      await assert.rejects(
        migrateDown(options),
        /002_c came after what this build knows: revert that first, with the build/,
      )
    } else {
      const sentence =
        /^MigrationError: the database has the breaking migration 003_d, which this build does not know: start a newer build, or revert it/
      await assert.rejects(migrateUp(options), sentence)
      await assert.rejects(checkMigrations(options), sentence)
    }
    assert.equal((await migrationStatus(options)).at(-1)?.state, 'unknown')
  }
})

test('two branches with the same number are told apart', async (t) => {
  const { url } = await database(t, { migrated: false })
  await migrateUp(runner(url, { folder: await migrationsFolder(t, both) }).options)
  const folder = await migrationsFolder(t, {
    '000_a_up.sql': both['000_a_up.sql'],
    '001_other_up.sql': makesTable('other'),
  })
  await assert.rejects(
    migrateUp(runner(url, { folder }).options),
    /the database has 001_b where this build has 001_other: .* or renumber the newer one/,
  )
})

test('down: the last, some, or down to one; refused without a _down file', async (t) => {
  const { url } = await database(t, { migrated: false })
  const folder = await migrationsFolder(t, { ...both, '002_c_up.sql': makesTable('c') })
  const { options } = runner(url, { folder })
  await assert.rejects(
    migrateDown(options),
    /nothing is recorded, so there is nothing to revert: "migrate up" records what is in place/,
  )
  await migrateUp(options)
  await assert.rejects(
    migrateDown(options),
    /002_c cannot be reverted: 002_c_down\.sql is missing; write or restore it\. Nothing was reverted$/,
  )
  await writeFile(join(folder, '002_c_down.sql'), down('c'))
  assert.deepEqual((await migrateDown(options)).reverted, ['002_c'])
  assert.deepEqual((await migrateDown(options, { steps: 2 })).reverted, ['001_b', '000_a'])
  await migrateUp(options, { to: '1' })
  await assert.rejects(
    migrateDown(options, { to: '002_c' }),
    /002_c is not recorded, so it cannot be reverted: it is not in place, or was reverted already$/,
  )
  await assert.rejects(migrateDown(options, { to: '9' }), /there is no migration 9; there are 000_a, 001_b, 002_c/)
  assert.deepEqual((await migrateDown(options, { to: '000_a' })).reverted, ['001_b', '000_a'])
})

const guarded = `-- undone
-- guard
do $$ begin
  if exists (select from public.b) and current_setting('observability.destroy', true) is distinct from 'on' then
    raise exception '% rows of b would be lost', (select count(*) from public.b) using hint = 'Say destroy';
  end if;
end $$;
-- end guard
drop table public.b;\n`

test('down: a guard is asked before anything is reverted, and lets pass where nothing is lost or --destroy was said', async (t) => {
  const { url, pool } = await database(t, { migrated: false })
  const folder = await migrationsFolder(t, {
    ...both,
    '001_b_down.sql': guarded,
    '002_c_up.sql': makesTable('c'),
    '002_c_down.sql': down('c'),
  })
  const { options } = runner(url, { folder })
  await migrateUp(options)
  await pool.query('insert into b values (1), (2)')
  for (const far of [{ to: '001' }, { steps: 2 }, { steps: 3 }]) {
    await assert.rejects(migrateDown(options, far), {
      name: 'MigrationError',
      message: 'nothing was reverted: 2 rows of b would be lost. Say destroy',
    })
  }
  await writeFile(
    join(folder, '000_a_down.sql'),
    guarded.replace('Say destroy', 'Say something else').replaceAll('of b', 'of a'),
  )
  await assert.rejects(migrateDown(options, { steps: 3 }), {
    message:
      'nothing was reverted:\n  2 rows of b would be lost. Say destroy\n  2 rows of a would be lost. Say something else',
  })
  assert.deepEqual(
    (await migrationStatus(options)).map(({ state }) => state),
    ['recorded', 'recorded', 'recorded'],
  )
  assert.deepEqual((await migrateDown(options, { to: '001', destroy: true })).reverted, ['002_c', '001_b'])
  await migrateUp(options)
  assert.deepEqual((await migrateDown(options, { steps: 2 })).reverted, ['002_c', '001_b'])
})

test('down: a guard that is misspelt, or cannot be asked, guards nothing, so that nothing is reverted', async (t) => {
  const { url } = await database(t, { migrated: false })
  const folder = await migrationsFolder(t, {
    ...both,
    '001_b_down.sql': guarded.replace('from public.b) and', 'from public.nowhere) and'),
  })
  const { options } = runner(url, { folder })
  await migrateUp(options)
  await assert.rejects(
    migrateDown(options),
    /the guard of 001_b_down\.sql failed: relation "public\.nowhere" does not exist\. Nothing was reverted$/,
  )
  await writeFile(join(folder, '001_b_down.sql'), guarded.replace('-- end guard', ''))
  await assert.rejects(
    migrateDown(options),
    /001_b_down\.sql has a guard that is not written as "-- guard", a statement, "-- end guard"/,
  )
})

test('down: where a later one of several fails, it is said which were reverted and what runs them again', async (t) => {
  const { url } = await database(t, { migrated: false })
  const folder = await migrationsFolder(t, {
    ...both,
    '000_a_down.sql': 'drop table public.a;\nselect 1/0;\n',
    '002_c_up.sql': makesTable('c'),
    '002_c_down.sql': down('c'),
  })
  const { options } = runner(url, { folder })
  await migrateUp(options)
  await assert.rejects(migrateDown(options, { steps: 3 }), {
    name: 'MigrationError',
    message:
      '000_a_down.sql failed: division by zero. 000_a is as it was; reverted before it: 002_c, 001_b; "migrate up" runs them again',
  })
  await assert.rejects(migrateDown(options), /division by zero\. 000_a is as it was; nothing else was reverted$/)
  assert.deepEqual((await migrateUp(options)).applied, ['001_b', '002_c'])
  await writeFile(join(folder, '002_c_down.sql'), '-- transaction: none\ndrop table public.c;\n-- next\nselect 1/0;\n')
  await assert.rejects(
    migrateDown(options),
    /002_c may be half reverted: run "migrate down" again; nothing else was reverted$/,
  )
})
