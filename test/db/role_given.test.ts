import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import type pg from 'pg'
import { migrateUp } from '../../src/db/migrate/migrate.ts'
import { createReader } from '../../src/db/pool/pool.ts'
import { sql } from '../../src/db/sql.ts'
import { makesTable, migrationsFolder, runner } from '../migrations/setup.ts'
import { database } from '../support/database.ts'
import { onTeardown } from '../support/teardown.ts'
import { until } from '../support/until.ts'

/** A login that is given its rights by `ALTER ROLE … SET role`, as systems of changing credentials (Vault) do it; in a database of its own. */
async function givenRole(t: TestContext): Promise<{ url: string; pool: pg.Pool; login: string }> {
  const { url, pool } = await database(t, { migrated: false })
  const login = new URL(url).pathname.slice(1)
  const group = `${login}_group`
  await pool.query(`
    create role ${group};
    create role ${login} login password '${login}' in role ${group};
    alter role ${login} set role = ${group};
    grant all on schema public to ${group}`)
  onTeardown(t, () => pool.query(`drop owned by ${group} cascade; drop role ${login}; drop role ${group}`))
  const own = Object.assign(new URL(url), { username: login, password: login })
  return { url: own.href, pool, login }
}

/** Whether a backend of this login sleeps. */
async function sleeps(pool: pg.Pool, login: string): Promise<boolean> {
  const { rowCount } = await pool.query(`select from pg_stat_activity where usename = $1 and wait_event = 'PgSleep'`, [
    login,
  ])
  return rowCount !== 0
}

test('a query is cancelled also if the login is given another role', async (t) => {
  const { url, pool, login } = await givenRole(t)
  const db = createReader()
  db.start({
    url,
    size: 1,
    connectTimeout: 30_000,
    statementTimeout: 600_000,
    lockTimeout: 600_000,
    log: { error: () => undefined },
  })
  onTeardown(t, () => db.end())
  const leaving = new AbortController()
  const asked = db.query(sql`select pg_sleep(600)`, leaving.signal)
  await until('the query sleeps', () => sleeps(pool, login))
  leaving.abort()
  await assert.rejects(asked)
  await until('the query is gone', async () => !(await sleeps(pool, login)))
})

test('a migration is cancelled also if the login is given another role', async (t) => {
  const { url, pool, login } = await givenRole(t)
  const folder = await migrationsFolder(t, { '000_a_up.sql': makesTable('a', 'select pg_sleep(600);') })
  const stopping = new AbortController()
  const run = migrateUp(runner(url, { folder, signal: stopping.signal }).options)
  const stopped = assert.rejects(run, /^MigrationError: the migrations were stopped/)
  await until('the migration sleeps', () => sleeps(pool, login))
  stopping.abort()
  await until('the migration is gone', async () => !(await sleeps(pool, login)))
  await stopped
})
