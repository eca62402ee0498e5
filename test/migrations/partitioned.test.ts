import assert from 'node:assert/strict'
import { test } from 'node:test'
import { migrationStatus } from '../../src/db/migrate/check.ts'
import { whatStopsUp } from '../../src/db/migrate/stops.ts'
import { database } from '../support/database.ts'
import { runner } from './setup.ts'

/** Partitions, one of which has partitions itself, in another schema and with a name that wants quotes. */
const partitioned = `
  create schema "Old";
  create table copy (like invocations including defaults) partition by range (created_at);
  create table invocations_2026 partition of copy for values from ('2026-01-01') to ('2027-01-01') partition by hash (id);
  create table "Old"."Half 0" partition of invocations_2026 for values with (modulus 2, remainder 0);
  create table "Old"."Half 1" partition of invocations_2026 for values with (modulus 2, remainder 1);
  create table invocations_else partition of copy default;
  drop table invocations cascade;
  alter table copy rename to invocations`

test('status prints the statements for the indexes of a partitioned table; run one by one, they leave nothing to do', async (t) => {
  const { url, pool } = await database(t)
  await pool.query(partitioned)
  const { options } = runner(url)
  const { refused, statements } = await whatStopsUp(options)
  assert.match(refused.join('\n'), /^public\.invocations is partitioned/)
  const builds = statements.filter((statement) => statement.startsWith('create index'))
  assert.ok(builds.length > 8 * 4, statements.join('\n'))
  assert.ok(
    builds.includes(
      'create index invocations_triggered_by_job on only public.invocations (source_job_id, created_at, id) where source_job_id is not null;',
    ),
    builds.join('\n'),
  )
  assert.deepEqual(
    builds.filter((statement) => statement.includes(' on only ') === statement.includes('concurrently')),
    [],
  )
  // Half of them, then what is left: a person may stop in between.
  for (const statement of statements.slice(0, 21)) await pool.query(statement)
  for (const statement of (await whatStopsUp(options)).statements) await pool.query(statement)
  assert.deepEqual((await whatStopsUp(options)).statements, [], 'nothing is left')
  assert.deepEqual(
    (await migrationStatus(options)).flatMap(({ missing }) => missing).filter((what) => what.startsWith('index ')),
    [],
  )
})
