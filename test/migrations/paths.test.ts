import assert from 'node:assert/strict'
import { test } from 'node:test'
import pg from 'pg'
import { readMigrations } from '../../src/db/migrate/files.ts'
import { database } from '../support/database.ts'
import { folder } from './setup.ts'

const probes = (await readMigrations(folder)).flatMap(({ up }) =>
  up.probes.map(({ select }, nth) => ({ name: `${up.file}, probe ${nth + 1}`, select })),
)

/** What a database may hold whose definitions Postgres writes with and without the schema, as the search path has it. */
const states: Array<{ name: string; before: string; missing?: RegExp }> = [
  { name: 'as the migrations leave it', before: '' },
  {
    name: 'statuses of a domain of public',
    before: `create domain public.state as text; alter table invocations alter status type public.state; alter table event_executions alter status type public.state`,
  },
  {
    name: 'an enum of public',
    before: `create type public.state as enum ('running', 'completed', 'failed'); alter table job_executions alter status drop default, drop constraint job_executions_status_check;
      alter table job_executions alter status type public.state using status::public.state, alter status set default 'running'`,
  },
  {
    name: 'CHECKs with a cast of public',
    before: `create domain public.word as text; alter table invocations drop constraint invocations_status_check;
      alter table invocations add check ((status::public.word)::text in ('running', 'completed', 'failed'))`,
  },
  {
    name: 'indexes with parameters',
    before:
      'alter index idx_invocations_status set (fillfactor = 80); alter index invocations_links_newest set (fillfactor = 90)',
  },
  {
    name: 'a partitioned index',
    before:
      'create table p (like event_executions) partition by range (created_at); drop table event_executions cascade; alter table p rename to event_executions; create index idx_event_executions_status on event_executions (status)',
    missing: /idx_event_executions_detected(?![\s\S]*idx_event_executions_status)/,
  },
  {
    name: 'tables of 008 with another key, another index and a domain',
    before: `create domain public.word as text; alter table observability_links drop constraint observability_links_pkey, alter column state type public.word;
      drop index observability_links_newest; create index observability_links_newest on observability_links (created_at)`,
    missing:
      /observability_links is not the table[\s\S]*lacks: state text[\s\S]*index observability_links_newest[\s\S]*primary key observability_links_pkey \(invocation_id\)/,
  },
  {
    name: 'other keys, other ends of links',
    before:
      'alter table invocations drop constraint fk_invocations_source_job_id; alter table invocations add constraint fk_invocations_source_job_id foreign key (source_job_id) references job_executions (id); drop index idx_invocations_status; create index idx_invocations_status on invocations (status, id)',
    missing:
      /fk_invocations_source_job_id[\s\S]*idx_invocations_status|idx_invocations_status[\s\S]*fk_invocations_source_job_id/,
  },
]

for (const { name, before, missing } of states) {
  test(`every comparison with a definition gives the same under both search paths: ${name}`, async (t) => {
    const { url, pool } = await database(t)
    if (before !== '') await pool.query(before)
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    const found: string[] = []
    try {
      for (const { name: probe, select } of probes) {
        const rows: unknown[] = []
        for (const path of ['pg_catalog, pg_temp', '"$user", public', 'public, pg_catalog']) {
          await client.query(`set search_path = ${path}`)
          rows.push((await client.query(select)).rows.map((row) => JSON.stringify(row)).sort())
        }
        assert.deepEqual(rows[1], rows[0], probe)
        assert.deepEqual(rows[2], rows[0], probe)
        found.push(...(rows[0] as string[]))
      }
    } finally {
      await client.end()
    }
    if (missing === undefined) assert.deepEqual(found, [])
    else assert.match(found.join('\n'), missing)
  })
}
