import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import type pg from 'pg'
import { pino } from 'pino'
import { createReader, type ReaderPool } from '../../src/db/pool/pool.ts'
import { checkIds } from '../../src/reading/check-ids.ts'
import { checkStatuses } from '../../src/reading/check-statuses.ts'
import { database } from '../support/database.ts'
import { onTeardown } from '../support/teardown.ts'

async function opened(
  t: TestContext,
): Promise<{ db: ReaderPool; pool: pg.Pool; said: string[]; log: { warn(message: string): void } }> {
  const { pool, url } = await database(t)
  const db = createReader()
  const log = pino({ level: 'silent' })
  db.start({ url, size: 1, connectTimeout: 60_000, statementTimeout: 60_000, lockTimeout: 60_000, log })
  onTeardown(t, () => db.end())
  const said: string[] = []
  return { db, pool, said, log: { warn: (message) => void said.push(message) } }
}

/** Runs `work` while nobody can read these tables. */
async function whileLocked(pool: pg.Pool, tables: string, work: () => Promise<void>): Promise<void> {
  const client = await pool.connect()
  try {
    await client.query(`begin; lock table ${tables}`)
    await work()
  } finally {
    await client.query('rollback')
    client.release()
  }
}

test('a look for the words of a status that takes too long is told, and stops no start', async (t) => {
  const { db, pool, said, log } = await opened(t)
  await whileLocked(pool, 'job_executions', () => checkStatuses(db, log, 50))
  assert.equal(said.length, 1)
  assert.match(
    said[0] ?? '',
    /^the 0\.05 s in which the start looked were too short to tell which words public\.job_executions\.status holds/,
  )
})

test('words of a status that mean nothing to the service are told', async (t) => {
  const { db, pool, said, log } = await opened(t)
  await pool.query(`
    alter table invocations drop constraint invocations_status_check;
    insert into invocations (source_function, source_event_payload, status) values
      ('a', '{}', 'cancelled'), ('a', '{}', 'completed'), ('a', '{}', 'it''s queued'), ('a', '{}', 'skipped'), ('a', '{}', 'cancelled')`)
  await checkStatuses(db, log, 60_000)
  assert.deepEqual(said, [
    `public.invocations.status holds 'cancelled', 'it''s queued': such a row counts neither as failed nor as running, as a skipped one does`,
  ])
})

test('a look for doubled ids that takes too long is told, and stops no start', async (t) => {
  const { db, pool, said, log } = await opened(t)
  await pool.query('alter table event_executions drop constraint event_executions_pkey cascade')
  await whileLocked(pool, 'event_executions, invocations', () => checkIds(db, log, 50))
  assert.deepEqual(said, [
    'public.event_executions has no unique index on id, and the 0.05 s in which the start looked were too short to tell whether an id occurs twice: answers would show it twice; see for yourself: select id, count(*) from public.event_executions group by id having count(*) > 1',
  ])
})
