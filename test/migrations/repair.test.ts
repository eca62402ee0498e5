import assert from 'node:assert/strict'
import { test } from 'node:test'
import { migrationStatus } from '../../src/db/migrate/check.ts'
import { migrateUp } from '../../src/db/migrate/migrate.ts'
import { database } from '../support/database.ts'
import { invocation, psql, runner, schemaOf } from './setup.ts'

const upsert = `insert into invocations (id, source_function, source_event_payload) values (gen_random_uuid(), 'f', '{}')
  on conflict on constraint invocations_pkey do update set status = 'completed'`

const allConstraints = `do $$ declare c record; begin
  for c in select conrelid::regclass as tab, conname from pg_constraint where contype in ('p', 'f', 'c') and connamespace = 'public'::regnamespace
            order by contype <> 'f' loop
    execute format('alter table %s drop constraint if exists %I', c.tab, c.conname);
  end loop;
end $$`

/** Each: what a database may lack or have otherwise, before it is migrated; everything is there in the end, whatever rows it holds. */
const states: Array<{ name: string; before: string }> = [
  { name: 'no constraint at all', before: allConstraints },
  {
    name: 'no constraint at all, and ids that may be NULL',
    before: `${allConstraints}; alter table invocations alter id drop not null; alter table job_executions alter id drop not null`,
  },
  {
    name: 'no constraint on the parents, the last table missing',
    before: `alter table invocations drop column source_job_id; drop table job_executions; ${allConstraints}`,
  },
  {
    name: 'a primary key that is only an index yet',
    before:
      'alter table job_executions drop constraint job_executions_pkey cascade; create unique index job_executions_pkey on job_executions (id)',
  },
  {
    name: 'a primary key under another name',
    before: 'alter table event_executions rename constraint event_executions_pkey to pk_events',
  },
  {
    name: 'a foreign key missing',
    before: 'alter table job_executions drop constraint job_executions_event_execution_id_fkey',
  },
  {
    name: 'a foreign key not validated',
    before:
      'alter table event_executions drop constraint event_executions_invocation_id_fkey; alter table event_executions add constraint event_executions_invocation_id_fkey foreign key (invocation_id) references invocations on delete cascade not valid',
  },
  {
    name: 'CHECKs missing',
    before:
      'alter table invocations drop constraint invocations_status_check; alter table job_executions drop constraint job_executions_status_check',
  },
  {
    name: 'a CHECK not validated',
    before: `alter table invocations drop constraint invocations_status_check; alter table invocations add constraint invocations_status_check check (status in ('running', 'completed', 'failed')) not valid`,
  },
]

for (const state of states) {
  test(`repairs: ${state.name}`, async (t) => {
    const { url, pool } = await database(t, { migrated: false })
    const { options } = runner(url)
    await migrateUp(options)
    const schema = await schemaOf(pool)
    await invocation(pool)
    await pool.query(`drop table observability_migrations; ${state.before}`)
    await migrateUp(options)
    assert.deepEqual(await schemaOf(pool), schema)
    assert.deepEqual(
      (await migrationStatus(options)).flatMap(({ missing }) => missing),
      [],
    )
    await pool.query(upsert)
  })
}

test('what the rows and other CHECKs allow stays allowed', async (t) => {
  const { url, pool } = await database(t, { migrated: false })
  const { options } = runner(url)
  await migrateUp(options, { to: '000' })
  await pool.query(`drop table observability_migrations;
    alter table invocations drop constraint invocations_status_check;
    alter table job_executions drop constraint job_executions_status_check;
    alter table job_executions add constraint wider check (status in ('running', 'completed', 'failed', 'skipped'))`)
  const id = await invocation(pool)
  await pool.query(`update invocations set status = 'paused'`)
  await migrateUp(options)
  await pool.query(`update invocations set status = 'running'; update invocations set status = 'paused'`)
  await assert.rejects(
    pool.query(`update invocations set status = 'other' where id = $1`, [id]),
    /invocations_status_check/,
  )
  const checks = (await schemaOf(pool)).filter(
    (line) => line.startsWith('constraint job_executions') && line.includes('CHECK'),
  )
  assert.match(checks.join('\n'), /^constraint job_executions wider [^\n]*'skipped'[^\n]*$/)
})

/** Each: what cannot be repaired, and the sentence that says so; after `remedy` it goes on. */
const refusals: Array<{ name: string; before: string; sentence: RegExp; remedy: string }> = [
  {
    name: 'doubled ids',
    before: `alter table invocations drop constraint invocations_pkey cascade; insert into invocations select * from invocations`,
    sentence:
      /invocations has no primary key, and 1 of its ids occur more than once or are NULL\. See them with: select id, count/,
    remedy: 'delete from invocations where ctid = (select min(ctid) from invocations)',
  },
  {
    name: 'orphans',
    before: `alter table event_executions drop constraint event_executions_invocation_id_fkey; insert into event_executions (invocation_id, event_name) values (gen_random_uuid(), 'paid')`,
    sentence:
      /1 rows of event_executions have a invocation_id that is not in invocations\. They belong to nothing\. Run: delete from public\.event_executions /,
    remedy:
      'delete from public.event_executions as child where not exists (select from public.invocations as parent where parent.id = child.invocation_id)',
  },
  {
    name: 'rows that do not fit a CHECK',
    before: `alter table invocations drop constraint invocations_status_check; update invocations set status = 'odd'; alter table invocations add constraint invocations_status_check check (status in ('running', 'completed', 'failed')) not valid`,
    sentence:
      /rows of invocations do not fit its CHECK invocations_status_check\. See what it allows with \\d public\.invocations, correct these rows/,
    remedy: `update invocations set status = 'failed'`,
  },
  {
    name: 'columns missing',
    before: 'alter table job_executions drop column job_name, drop column created_at',
    sentence:
      /^MigrationError: nothing was changed: public\.job_executions lacks columns that Event Detector's table of that name has always had: created_at, job_name\. If DATABASE_URL leads to the right database, add them/,
    remedy: `alter table job_executions add column job_name text not null, add column created_at timestamptz not null default now()`,
  },
  {
    name: 'an index with one more column',
    before: 'drop index idx_invocations_status; create index idx_invocations_status on invocations (status, id)',
    sentence:
      /not as it should be: index idx_invocations_status\. .*Run drop index concurrently public\.idx_invocations_status; and then this file again/,
    remedy: 'drop index concurrently public.idx_invocations_status',
  },
  {
    name: 'an index in the other order, and a unique one',
    before:
      'drop index idx_invocations_created_at, idx_job_executions_job_name; create index idx_invocations_created_at on invocations (created_at); create unique index idx_job_executions_job_name on job_executions (job_name)',
    sentence: /index idx_invocations_created_at, index idx_job_executions_job_name/,
    remedy: 'drop index idx_invocations_created_at, idx_job_executions_job_name',
  },
  {
    name: '001: an index with one more column',
    before:
      'drop index idx_invocations_source_job_id; create index idx_invocations_source_job_id on invocations (source_job_id, id)',
    sentence: /index idx_invocations_source_job_id\. Run: drop index concurrently/,
    remedy: 'drop index concurrently if exists public.idx_invocations_source_job_id',
  },
  {
    name: 'a foreign key that does not cascade',
    before:
      'alter table job_executions drop constraint job_executions_invocation_id_fkey; alter table job_executions add constraint other foreign key (invocation_id) references invocations (id)',
    sentence:
      /foreign key job_executions\.invocation_id \(on delete cascade, validated\)\. Something of the same name or on the same column is in the way/,
    remedy: 'alter table job_executions drop constraint other',
  },
]

for (const { name, before, sentence, remedy } of refusals) {
  test(`refuses, and says what to do: ${name}`, async (t) => {
    const { url, pool } = await database(t, { migrated: false })
    const { options } = runner(url)
    await migrateUp(options)
    await invocation(pool)
    await pool.query(`drop table observability_migrations; ${before}`)
    await assert.rejects(migrateUp(options), sentence)
    await pool.query(remedy)
    await migrateUp(options)
    assert.deepEqual(
      (await migrationStatus(options)).flatMap(({ missing }) => missing),
      [],
    )
  })
}

const file = '000_create_base_tables_up.sql'
const withoutPsql = psql('postgres://127.0.0.1:1/none', file) === undefined ? 'psql is not installed here' : false

test('through psql, a stopped build of a primary key is told with its remedy', { skip: withoutPsql }, async (t) => {
  const { url, pool } = await database(t, { migrated: false })
  await migrateUp(runner(url).options)
  await pool.query('alter table invocations drop constraint invocations_pkey cascade')
  await Promise.all([invocation(pool), invocation(pool)])
  // Two equal rows make a unique build fail half-way, which leaves its index behind, invalid.
  await assert.rejects(
    pool.query('create unique index concurrently invocations_pkey on invocations (status)'),
    /could not create unique index/,
  )
  const stopped = psql(url, file)
  assert.match(
    stopped?.output ?? '',
    /missing or not as it should be: .*primary key invocations_pkey \(id\)[\s\S]*Run drop index concurrently public\.invocations_pkey; and then/,
  )
  await pool.query('drop index concurrently public.invocations_pkey')
  assert.equal(psql(url, file)?.code, 0)
  await pool.query(upsert)
})
