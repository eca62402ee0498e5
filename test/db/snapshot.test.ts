import assert from 'node:assert/strict'
import test, { type TestContext } from 'node:test'
import { pino } from 'pino'
import { createReader } from '../../src/db/pool/pool.ts'
import { sql } from '../../src/db/sql.ts'
import { database } from '../support/database.ts'
import { onTeardown } from '../support/teardown.ts'

async function pooled(t: TestContext) {
  const { url, pool } = await database(t, { migrated: false })
  const db = createReader()
  db.start({
    url,
    size: 2,
    connectTimeout: 5000,
    statementTimeout: 15_000,
    lockTimeout: 2000,
    log: pino({ level: 'silent' }),
  })
  onTeardown(t, () => db.end())
  return { db, pool }
}

test('a statement of a snapshot that failed is the cause of what fails after it', async (t) => {
  const { db } = await pooled(t)
  const snapshot = await db.open()
  onTeardown(t, () => snapshot.close())
  // Both are asked at once, as a stream asks for the next rows while it works on these.
  const both = await Promise.allSettled([snapshot.query(sql`select 1 / 0`), snapshot.query(sql`select 1`)])
  assert.deepEqual(
    both.map((each) => (each.status === 'rejected' ? (each.reason as { code?: string }).code : each.status)),
    ['22012', '22012'],
  )
})

test('a part of a snapshot that failed or took too long leaves the snapshot as it was, and its moment', async (t) => {
  const { db, pool } = await pooled(t)
  const snapshot = await db.open()
  onTeardown(t, () => snapshot.close())
  await pool.query('create table public.later (id int)')
  const sleep = () => snapshot.query(sql`select pg_sleep(60)`)
  await assert.rejects(snapshot.part(50, sleep), { code: '57014' })
  await assert.rejects(
    snapshot.part(5000, () => snapshot.query(sql`select 1 / 0`)),
    { code: '22012' },
  )
  const state = sql`
select current_setting('statement_timeout') as ms,
       not exists (select from pg_class c where c.relname = 'later') as "before"`
  const rows = await snapshot.part(4000, () => snapshot.query(state))
  assert.deepEqual(rows, [{ ms: '4s', before: true }])
})

test('why a connection was lost between two statements of a snapshot is told to the next', async (t) => {
  const { db, pool } = await pooled(t)
  const snapshot = await db.open()
  onTeardown(t, () => snapshot.close())
  const [backend] = await snapshot.query<{ pid: number }>(sql`select pg_backend_pid() as pid`)
  await pool.query('select pg_terminate_backend($1)', [backend?.pid])
  await assert.rejects(
    async () => {
      // The news may take a moment.
      for (;;) await snapshot.query(sql`select 1`)
    },
    { code: '57P01' },
  )
})

test('a type that changes costs one statement, though every connection keeps a plan with the old one', async (t) => {
  const { db, pool } = await pooled(t)
  await pool.query('create table public.kept (value text)')
  const statement = sql`select value from public.kept`
  const snapshots = [await db.open(), await db.open()]
  for (const snapshot of snapshots) await snapshot.query(statement)
  for (const snapshot of snapshots) await snapshot.close()
  await pool.query('alter table public.kept alter column value type varchar(10)')
  await assert.rejects(db.query(statement), { code: '0A000' })
  assert.deepEqual(await Promise.all([db.query(statement), db.query(statement)]), [[], []])
})
