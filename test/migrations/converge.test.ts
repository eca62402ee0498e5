import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type pg from 'pg'
import { migrationStatus } from '../../src/db/migrate/check.ts'
import { migrateDown } from '../../src/db/migrate/down.ts'
import { migrateUp } from '../../src/db/migrate/migrate.ts'
import { parseScript } from '../../src/db/migrate/script.ts'
import { database } from '../support/database.ts'
import { folder, invocation, psql, runner, schemaOf } from './setup.ts'

const names = readdirSync(folder)
  .filter((file) => file.endsWith('_up.sql'))
  .map((file) => file.slice(0, -7))
  .sort()
const withoutPsql =
  psql('postgres://127.0.0.1:1/none', `${names[0]}_up.sql`) === undefined ? 'psql is not installed here' : false

test('up, down and up again end in the same schema', async (t) => {
  const { url, pool } = await database(t, { migrated: false })
  const { options } = runner(url)
  assert.deepEqual((await migrateUp(options)).applied, names)
  const first = await schemaOf(pool)
  assert.ok(first.length > 90, `a full schema, not ${first.length} lines`)
  assert.deepEqual((await migrateDown(options, { to: '000' })).reverted, names.toReversed())
  assert.deepEqual(await schemaOf(pool), [])
  assert.deepEqual((await migrateUp(options)).applied, names)
  assert.deepEqual(await schemaOf(pool), first)
})

test('every single step can be reverted and taken again', async (t) => {
  const { url, pool } = await database(t, { migrated: false })
  const { options } = runner(url)
  for (const name of names) {
    await migrateUp(options, { to: name })
    const there = await schemaOf(pool)
    await migrateDown(options)
    assert.notDeepEqual(await schemaOf(pool), there, name)
    assert.deepEqual((await migrateUp(options, { to: name.slice(0, 3) })).applied, [name])
    assert.deepEqual(await schemaOf(pool), there, name)
  }
})

test('every file runs through psql, twice, with the same result as the service', { skip: withoutPsql }, async (t) => {
  const byHand = await database(t, { migrated: false })
  const byService = await database(t, { migrated: false })
  await migrateUp(runner(byService.url).options)
  for (const name of [...names, ...names]) {
    const run = psql(byHand.url, `${name}_up.sql`)
    assert.equal(run?.code, 0, run?.output)
    assert.match(run?.output ?? '', new RegExp(`NOTICE:  ${name}: `))
  }
  assert.deepEqual(await schemaOf(byHand.pool), await schemaOf(byService.pool))
  for (const name of names.toReversed()) {
    const run = psql(byHand.url, `${name}_down.sql`)
    assert.equal(run?.code, 0, run?.output)
    assert.match(run?.output ?? '', new RegExp(`NOTICE:  ${name}: `))
  }
  assert.deepEqual(await schemaOf(byHand.pool), [])
})

test('what was migrated through psql is adopted, not run', { skip: withoutPsql }, async (t) => {
  const { url, pool } = await database(t, { migrated: false })
  for (const name of names) psql(url, `${name}_up.sql`)
  const { options } = runner(url)
  assert.deepEqual(
    (await migrationStatus(options)).map(({ state }) => state),
    names.map(() => 'present'),
  )
  const schema = await schemaOf(pool)
  const result = await migrateUp(options)
  assert.deepEqual([result.applied, result.adopted], [[], names])
  assert.deepEqual(await schemaOf(pool), schema)
  assert.deepEqual(
    (await migrationStatus(options)).map(({ state }) => state),
    names.map(() => 'adopted'),
  )
})

const wider = `alter table event_executions add constraint event_executions_status_wider
  check (status in ('completed', 'detecting', 'detection_failed', 'failed', 'handler_failed', 'handling', 'not_detected'))`

/** Each: how a database may look before the migrations, and what must still be so after them. */
const states: Array<{ name: string; before: string; expect?: RegExp }> = [
  {
    name: 'a column of a still newer writer',
    before: 'alter table invocations add column source_region text',
    expect: /column invocations\.source_region text/,
  },
  {
    name: 'a view of the writer',
    before: 'create materialized view dashboard_stats as select count(*) from invocations',
  },
  { name: 'one table missing', before: 'alter table invocations drop column source_job_id; drop table job_executions' },
  { name: 'an index missing', before: 'drop index idx_invocations_correlation_id' },
  {
    name: 'all indexes of 000 missing on one table',
    before:
      "do $$ declare i text; begin for i in select indexname from pg_indexes where indexname like 'idx_job%' loop execute 'drop index ' || i; end loop; end $$",
  },
  { name: 'no triggers, no function', before: 'drop function update_updated_at() cascade' },
  {
    name: 'a trigger of another name',
    before: 'alter trigger update_invocations_updated_at on invocations rename to touch',
    expect: /CREATE TRIGGER touch /,
  },
  {
    name: '001: the column without its foreign key',
    before: 'alter table invocations drop constraint fk_invocations_source_job_id',
  },
  {
    name: '001: the foreign key under another name',
    before: 'alter table invocations rename constraint fk_invocations_source_job_id to invocations_source_job_id_fkey',
  },
  {
    name: '001: the foreign key not validated',
    before:
      'alter table invocations drop constraint fk_invocations_source_job_id; alter table invocations add constraint fk_invocations_source_job_id foreign key (source_job_id) references job_executions (id) on delete set null not valid',
  },
  { name: '001: no column', before: 'alter table invocations drop column source_job_id' },
  {
    name: '001: no comment',
    before: 'comment on column invocations.source_job_id is null; drop index idx_invocations_source_job_id',
  },
  { name: '002: the older CHECK', before: check('event_executions_status_check') },
  { name: '002: the older CHECK under another name', before: check('status_allowed') },
  {
    name: '002: the older CHECK twice',
    before: `${check('event_executions_status_check')}; alter table event_executions add constraint again check (status in ('detecting', 'not_detected', 'handling', 'completed', 'failed'))`,
  },
  {
    name: '002: no CHECK at all',
    before: 'alter table event_executions drop constraint event_executions_status_check',
  },
  {
    name: '002: stopped before the validation',
    before: `${check('event_executions_status_check')}; ${wider} not valid`,
  },
  { name: '002: stopped before the swap', before: `${check('event_executions_status_check')}; ${wider}` },
  { name: '003 and 004: no indexes', before: 'drop index invocations_triggered_by_job, invocations_links_newest' },
  { name: '005: no column', before: 'alter table invocations drop column source_type' },
  { name: '005: a column that must be given', before: `alter table invocations alter column source_type set not null` },
  {
    name: '005: a down that was stopped',
    before:
      'alter table invocations add constraint invocations_source_type_unused check (source_type is null) not valid',
  },
  { name: '008: one table missing', before: 'drop table observability_leases' },
  { name: '008: no indexes', before: 'drop index observability_links_by_job, observability_links_newest' },
  { name: '009: one index missing', before: 'drop index observability_links_recovered_by_job' },
  { name: '010: one table missing', before: 'drop table observability_hours' },
  { name: '012: one table missing', before: 'drop table observability_search_reach' },
  { name: '012: no index', before: 'drop index observability_search_by_invocation' },
  { name: '010: no key', before: 'alter table observability_rollups drop constraint observability_rollups_pkey' },
  { name: '011: one table missing', before: 'drop table observability_trees' },
  {
    name: '011: no key and no index',
    before:
      'alter table observability_tree_hours drop constraint observability_tree_hours_pkey; drop index observability_trees_by_function',
  },
  {
    name: '008: a table with a column of a newer build',
    before: 'alter table observability_links add column note text',
    expect: /column observability_links\.note text/,
  },
]

function check(name: string): string {
  return `alter table event_executions drop constraint event_executions_status_check;
    alter table event_executions add constraint ${name} check (status in ('detecting', 'not_detected', 'handling', 'completed', 'failed'))`
}

for (const state of states) {
  test(`converges from: ${state.name}`, async (t) => {
    const { url, pool } = await database(t, { migrated: false })
    const { options } = runner(url)
    await migrateUp(options)
    const schema = await schemaOf(pool)
    await pool.query(`drop table observability_migrations; ${state.before}`)
    await migrateUp(options)
    const after = await schemaOf(pool)
    const extra = after.filter((line) => !schema.includes(line))
    const lost = schema.filter((line) => !after.includes(line) && !line.startsWith('trigger '))
    assert.deepEqual(lost, [])
    if (state.expect === undefined) assert.deepEqual(extra, [])
    else assert.match(extra.join('\n'), state.expect)
    assert.deepEqual(
      (await migrationStatus(options)).flatMap(({ missing }) => missing),
      [],
    )
  })
}

test('statuses that are enums need no CHECK; 002 says which values an enum lacks, and how one is added', async (t) => {
  const { url, pool } = await database(t, { migrated: false })
  const { options } = runner(url)
  await migrateUp(options, { to: '000' })
  for (const [table, first, more] of [
    ['invocations', 'running', 'completed'],
    ['event_executions', 'detecting', 'not_detected'],
    ['job_executions', 'running', 'completed'],
  ]) {
    await pool.query(`create type ${table}_status as enum ('${first}', '${more}'); alter table ${table} drop constraint ${table}_status_check, alter status drop default;
      alter table ${table} alter status type ${table}_status using status::${table}_status, alter status set default '${first}'`)
  }
  await pool.query('drop table observability_migrations')
  await assert.rejects(
    migrateUp(options),
    (error: Error) =>
      ['detection_failed', 'handler_failed'].every((value) =>
        error.message.includes(`value ${value} of the enum of event_executions.status`),
      ) && /002_fix_event_executions_status_constraint: missing: .*alter type \.\.\. add value/.test(error.message),
  )
  await pool.query(
    `alter type event_executions_status add value 'detection_failed'; alter type event_executions_status add value 'handler_failed'`,
  )
  await migrateUp(options)
  assert.deepEqual(
    (await migrationStatus(options)).flatMap(({ missing }) => missing),
    [],
  )
})

for (const encoding of ['LATIN1', 'SQL_ASCII']) {
  test(`up, and down again, in a database whose encoding is ${encoding}`, async (t) => {
    const { url } = await database(t, {
      migrated: false,
      options: `encoding '${encoding}' lc_collate 'C' lc_ctype 'C'`,
    })
    const { options } = runner(url)
    assert.deepEqual((await migrateUp(options)).applied, names)
    assert.deepEqual(
      (await migrationStatus(options)).flatMap(({ missing }) => missing),
      [],
    )
    assert.deepEqual((await migrateDown(options, { to: '000' })).reverted, names.toReversed())
  })
}

test('002: whatever else the older CHECK allowed stays allowed', async (t) => {
  const { url, pool } = await database(t, { migrated: false })
  const { options } = runner(url)
  await migrateUp(options, { to: '001' })
  await pool.query(`alter table event_executions drop constraint event_executions_status_check;
    alter table event_executions add constraint event_executions_status_check check (status::varchar in ('detecting', 'paused'))`)
  await migrateUp(options)
  const checks = (await schemaOf(pool)).filter((line) =>
    line.startsWith('constraint event_executions event_executions_status'),
  )
  assert.equal(checks.length, 1)
  for (const state of ['paused', 'handler_failed', 'detection_failed'])
    assert.match(checks[0] ?? '', new RegExp(`'${state}'`))
})

test('002: going back is refused, with a count, while rows hold the new states', async (t) => {
  const { url, pool } = await database(t, { migrated: false })
  const { options } = runner(url)
  await migrateUp(options, { to: '002' })
  const schema = await schemaOf(pool)
  await pool.query(
    `insert into event_executions (invocation_id, event_name, status)
    select $1, 'paid', unnest(array['handler_failed', 'detection_failed', 'completed'])`,
    [await invocation(pool)],
  )
  await assert.rejects(
    migrateDown(options),
    /nothing was reverted: 002_\w+: 2 event_executions have the status detection_failed or handler_failed\. If you really want the older CHECK back, give these rows a status that it allows: update /,
  )
  assert.deepEqual(await schemaOf(pool), schema)
  await pool.query(`update event_executions set status = 'failed'`)
  assert.deepEqual((await migrateDown(options)).reverted, ['002_fix_event_executions_status_constraint'])
})

test('000 and 001: going back is refused, with counts, while rows or links would be lost, unless they are to be destroyed', async (t) => {
  const { url, pool } = await database(t, { migrated: false })
  const { options } = runner(url)
  await migrateUp(options)
  await filled(pool)
  const schema = await schemaOf(pool)
  const links = '001_add_source_job_id: 1 links between a job'
  const rows = '000_create_base_tables: 2 invocations, 1 event_executions, 1 job_executions would be destroyed'
  await assert.rejects(
    migrateDown(options, { to: '001' }),
    ({ message }: Error) => message.startsWith(`nothing was reverted: ${links}`) && message.includes('down --destroy'),
  )
  await assert.rejects(
    migrateDown(options, { to: '000' }),
    ({ message }: Error) =>
      message.includes(links) && message.includes(rows) && message.match(/Make a backup/g)?.length === 1,
  )
  assert.deepEqual(await schemaOf(pool), schema)
  assert.deepEqual((await migrateDown(options, { to: '001', destroy: true })).reverted.length, names.length - 1)
  await assert.rejects(migrateDown(options), /2 invocations/)
  assert.deepEqual((await migrateDown(options, { destroy: true })).reverted, ['000_create_base_tables'])
  assert.deepEqual(await schemaOf(pool), [])
})

test('000 and 001 refuse through psql too, and obey the setting', { skip: withoutPsql }, async (t) => {
  const { url, pool } = await database(t, { migrated: false })
  await migrateUp(runner(url).options, { to: '007' })
  await filled(pool)
  await pool.query('drop index invocations_triggered_by_job, invocations_links_newest')
  const schema = await schemaOf(pool)
  for (const name of [names[1], names[0]]) {
    const refused = psql(url, `${name}_down.sql`)
    assert.notEqual(refused?.code, 0)
    assert.match(
      refused?.output ?? '',
      /would be destroyed\nDETAIL:  This file changed nothing\.\nHINT:  Make a backup; .* by hand with "set observability\.destroy = 'on';" before the file/,
    )
  }
  assert.deepEqual(await schemaOf(pool), schema)
  for (const name of [names[1], names[0]])
    assert.equal(psql(url, `${name}_down.sql`, '-c', `set observability.destroy = 'on';`)?.code, 0, name)
  assert.deepEqual(await schemaOf(pool), [])
})

test('what a writer adds between the count and the lock is not lost', async (t) => {
  const { url, pool } = await database(t, { migrated: false })
  await migrateUp(runner(url).options)
  await filled(pool)
  await pool.query(
    `update event_executions set status = 'handler_failed'; update invocations set source_type = 'database'`,
  )
  const sentences = [
    ['005_add_source_type', /a writer has just recorded a source type/],
    ['002_fix_event_executions_status_constraint', /a writer has just used the status/],
    ['001_add_source_job_id', /a writer has just recorded a link/],
    ['000_create_base_tables', /a writer has just put rows into invocations/],
  ] as const
  for (const [name, sentence] of sentences) {
    const text = readFileSync(join(folder, `${name}_down.sql`), 'utf8')
    await assert.rejects(pool.query(text.replace(/^-- guard$[\s\S]*^-- end guard$/m, '')), sentence)
  }
})

test('005: going back is refused, with a count, while there are values, and a value that comes after the count stays', async (t) => {
  const { url, pool } = await database(t, { migrated: false })
  const { options } = runner(url)
  await migrateUp(options)
  const schema = await schemaOf(pool)
  const id = await invocation(pool)
  await pool.query(`update invocations set source_type = 'database'`)
  await assert.rejects(
    migrateDown(options, { to: '005' }),
    /nothing was reverted: 005_add_source_type: the source type of 1 invocations would be destroyed\. Make a backup/,
  )
  const { statements } = parseScript('005', readFileSync(join(folder, '005_add_source_type_down.sql'), 'utf8'))
  const client = await pool.connect()
  for (const statement of statements.slice(0, -1)) if (!statement.includes('-- guard')) await client.query(statement)
  await assert.rejects(
    client.query(statements.at(-1) ?? ''),
    /a writer has just recorded a source type, so the column stays/,
  )
  client.release(true)
  assert.deepEqual(await schemaOf(pool), schema, 'the CHECK that kept new values out is gone')
  assert.deepEqual((await migrateDown(options, { to: '005', destroy: true })).reverted, [
    '012_create_search_tables',
    '011_create_tree_summary_tables',
    '010_create_rollup_tables',
    '009_index_observability_links_recovered',
    '008_create_link_tables',
    '007_index_event_executions_detected_newest',
    '006_index_event_executions_crashes_by_invocation',
    '005_add_source_type',
  ])
  assert.deepEqual((await pool.query('select id from invocations')).rows, [{ id }])
})

test('008: going back is refused, with counts, while links are mended or undone; what is only found goes', async (t) => {
  const { url, pool } = await database(t, { migrated: false })
  const { options } = runner(url)
  await migrateUp(options)
  await pool.query(`insert into observability_links (invocation_id, created_at, job_id, state, rule_version, rule_settings)
    select gen_random_uuid(), now(), gen_random_uuid(), state, 1, '' from unnest(array['mended', 'mended', 'undone', 'recovered', 'severed']) state`)
  await assert.rejects(
    migrateDown(options, { to: '008' }),
    /nothing was reverted: 008_create_link_tables: the memory of 2 mended and 1 undone links would be destroyed\. Make a backup/,
  )
  const reverted = [
    '012_create_search_tables',
    '011_create_tree_summary_tables',
    '010_create_rollup_tables',
    '009_index_observability_links_recovered',
    '008_create_link_tables',
  ]
  const text = readFileSync(join(folder, '008_create_link_tables_down.sql'), 'utf8')
  await assert.rejects(
    pool.query(text.replace(/^-- guard$[\s\S]*^-- end guard$/m, '')),
    /008_create_link_tables: a link has just been mended/,
  )
  await pool.query(`delete from observability_links where state in ('mended', 'undone')`)
  assert.deepEqual((await migrateDown(options, { to: '008' })).reverted, reverted)
  await migrateUp(options)
  await pool.query(`insert into observability_links (invocation_id, created_at, job_id, state, rule_version, rule_settings)
    values (gen_random_uuid(), now(), gen_random_uuid(), 'mended', 1, '')`)
  assert.deepEqual((await migrateDown(options, { to: '008', destroy: true })).reverted, reverted)
})

/** An invocation, its event, its job, and an invocation that the job triggered. */
async function filled(pool: pg.Pool): Promise<void> {
  await pool.query(`insert into event_executions (invocation_id, event_name) values ($1, 'paid')`, [
    await invocation(pool),
  ])
  await pool.query(
    `insert into job_executions (invocation_id, event_execution_id, job_name) select invocation_id, id, 'pay' from event_executions`,
  )
  await pool.query(
    `insert into invocations (source_function, source_event_payload, source_job_id) select 'mails', '{}', id from job_executions`,
  )
}

test('001: rows that name a job which does not exist are counted, with the remedy', async (t) => {
  const { url, pool } = await database(t, { migrated: false })
  const { options } = runner(url)
  await migrateUp(options, { to: '000' })
  const id = await invocation(pool)
  await pool.query('alter table invocations add column source_job_id uuid; update invocations set source_job_id = id')
  await assert.rejects(
    migrateUp(options),
    /001_add_source_job_id: 1 invocations name a source job that does not exist\. Run: update /,
  )
  await pool.query(
    'update invocations i set source_job_id = null where source_job_id is not null and not exists (select from job_executions j where j.id = i.source_job_id)',
  )
  await migrateUp(options)
  assert.deepEqual((await pool.query('select id, source_job_id from invocations')).rows, [{ id, source_job_id: null }])
})
