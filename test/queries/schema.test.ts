import assert from 'node:assert/strict'
import test from 'node:test'
import { pino } from 'pino'
import { checkTables } from '../../src/reading/check-tables.ts'
import { createReader } from '../../src/db/pool/pool.ts'
import { database } from '../support/database.ts'
import { onTeardown } from '../support/teardown.ts'

test('an index that no filter can use, because its column is compared as text, is named', async (t) => {
  const { url, pool } = await database(t)
  const db = createReader()
  db.start({
    url,
    size: 1,
    connectTimeout: 5000,
    statementTimeout: 5000,
    lockTimeout: 5000,
    log: pino({ level: 'silent' }),
  })
  onTeardown(t, () => db.end())
  const warnings: string[] = []
  const check = (): Promise<void> => checkTables(db, { warn: (message) => warnings.push(message) })
  await check()
  assert.deepEqual(warnings, [])
  await pool.query(
    `alter table job_executions alter column job_name type varchar(100), alter column correlation_id type char(40)`,
  )
  await check()
  assert.deepEqual(warnings, [
    'public.idx_job_executions_correlation_id serves no filter on public.job_executions.correlation_id: the column is character(40), and filters compare it as text, so they may be slow',
  ])
  warnings.length = 0
  await pool.query(`
    alter table job_executions alter column correlation_id type text;
    drop index event_executions_crashes_by_invocation, idx_event_executions_status;
    alter table event_executions drop constraint event_executions_status_check, alter column status drop default;
    create type event_status as enum ('detecting', 'not_detected', 'handling', 'completed', 'failed', 'detection_failed', 'handler_failed');
    alter table event_executions alter column status type event_status using status::event_status;
    create index event_executions_crashes_by_invocation on event_executions (invocation_id, created_at, id)
      where status = 'handler_failed' or (status = 'detection_failed' and detected)`)
  await check()
  assert.deepEqual(warnings, [
    'public.event_executions_crashes_by_invocation serves no filter on public.event_executions.status: the column is public.event_status, and filters compare it as text, so they may be slow',
  ])
})
