import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pino } from 'pino'
import { createDb } from '../../src/db/pool/pool.ts'
import { checkIds } from '../../src/reading/check-ids.ts'
import { database } from '../support/database.ts'
import { onTeardown } from '../support/teardown.ts'

test('a look for doubled ids that takes too long is told, and stops no start', async (t) => {
  const { pool, url } = await database(t)
  const db = createDb()
  const log = pino({ level: 'silent' })
  db.start({ url, size: 1, connectTimeout: 60_000, statementTimeout: 60_000, lockTimeout: 60_000, log })
  onTeardown(t, () => db.end())
  const client = await pool.connect()
  onTeardown(t, () => client.release())
  const said: string[] = []
  await client.query('alter table event_executions drop constraint event_executions_pkey cascade')
  await client.query('begin; lock table event_executions, invocations')
  await checkIds(db, { warn: (message) => void said.push(message) }, 50)
  await client.query('rollback')
  assert.deepEqual(said, [
    'public.event_executions has no unique index on id, and the 0.05 s in which the start looked were too short to tell whether an id occurs twice: answers would show it twice; see for yourself: select id, count(*) from public.event_executions group by id having count(*) > 1',
  ])
})
