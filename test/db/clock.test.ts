import assert from 'node:assert/strict'
import test, { type TestContext } from 'node:test'
import pg from 'pg'
import { pino } from 'pino'
import { migrateUp } from '../../src/db/migrate/migrate.ts'
import { createReader } from '../../src/db/pool/pool.ts'
import { sql } from '../../src/db/sql.ts'
import { waitForDatabase } from '../../src/db/wait.ts'
import { makesTable, migrationsFolder, runner } from '../migrations/setup.ts'
import { database } from '../support/database.ts'
import { patience } from '../support/patience.ts'
import { startProxy } from '../support/proxy.ts'
import { onTeardown } from '../support/teardown.ts'
import { until } from '../support/until.ts'

const HOUR = 3_600_000
const timeout = patience(60_000)

/** The clock of the machine is set back by an hour. */
function setBack(t: TestContext): void {
  const now = Date.now()
  t.mock.method(Date, 'now', () => now - HOUR)
}

test('a clock that is set back does not prolong the wait for a database', { timeout }, async (t) => {
  const config = { connectionString: 'postgres://user@127.0.0.1:9/nowhere', connectionTimeoutMillis: 1000 }
  const waiting = waitForDatabase({
    config,
    patience: 700,
    signal: new AbortController().signal,
    log: () => setBack(t),
  })
  await assert.rejects(waiting, /^Error: the database could not be reached within 0\.7 s: /)
})

test('a clock that is set back does not prolong the patience of a migration with a lock', { timeout }, async (t) => {
  const { url, pool } = await database(t, { migrated: false })
  await pool.query('create table public.old (id integer)')
  const folder = await migrationsFolder(t, {
    '000_a_up.sql': makesTable('a', `set lock_timeout = '50ms'; alter table public.old add column x integer;`),
  })
  const holder = new pg.Client({ connectionString: url })
  await holder.connect()
  onTeardown(t, () => holder.end())
  await holder.query('begin; select from public.old')
  const { options, lines } = runner(url, { folder, lockPatience: 1000 })
  const migrating = assert.rejects(migrateUp(options), /Another session holds a lock for too long/)
  await until('it waits', () => lines.some((line) => line.startsWith('info waiting for a lock')))
  setBack(t)
  await migrating
})

test('connections that a network forgot are noticed although the clock is set back', { timeout }, async (t) => {
  const { url } = await database(t)
  const proxy = await startProxy(url)
  onTeardown(t, () => proxy.close())
  const db = createReader()
  const long = patience(15_000)
  db.start({
    url: proxy.url(url),
    size: 1,
    connectTimeout: long,
    statementTimeout: long,
    lockTimeout: long,
    log: pino({ level: 'silent' }),
  })
  onTeardown(t, () => db.end())
  await db.query(sql`select 1`)
  proxy.forget()
  setBack(t)
  await assert.rejects(db.query(sql`select 1`), { code: 'CONNECTION_LOST' })
})
