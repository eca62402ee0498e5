import { randomBytes } from 'node:crypto'
import type { TestContext } from 'node:test'
import pg from 'pg'
import { clusterUrl } from './cluster.ts'
import { onTeardown } from './teardown.ts'
import { prepareTemplate } from './template.ts'

/** A database of a test's own. */
export interface TestDatabase {
  url: string
  pool: pg.Pool
}

const template = 'migrated'
/** Any number that no migration locks: two test processes must not make the template at once. */
const templateLock = 20_261_122

/**
 * A fresh database with all migrations (or none: `migrated: false`), dropped after the test. `options` go to CREATE DATABASE, e.g. `encoding 'LATIN1'`.
 * That of a failed test is kept, and its url printed. (A failed subtest does not fail its parent in time: give it a database of its own.)
 */
export async function database(t: TestContext, { migrated = true, options = '' } = {}): Promise<TestDatabase> {
  const admin = await adminPool()
  const name = `test_${randomBytes(6).toString('hex')}`
  if (migrated) await ensureTemplate(admin)
  await admin.query(
    `create database ${name} template ${migrated ? template : 'template0'} ${await copying(admin)} ${options}`,
  )
  const url = await urlOf(name)
  const pool = new pg.Pool({ connectionString: url, max: 5, application_name: 'test' })
  // Without a listener a connection that breaks while idle ends the process.
  pool.on('error', () => undefined)
  onTeardown(t, async () => {
    await pool.end()
    // The types of Node 20 lack `passed`; Node 20.12 and later have it.
    if ((t as TestContext & { passed: boolean }).passed) await admin.query(`drop database ${name} with (force)`)
    else t.diagnostic(`kept the database of this failed test: ${url}`)
  })
  return { url, pool }
}

let known: Promise<pg.Pool> | undefined

/** One per test process, because a connection costs 10 ms; idle, it does not keep the process. */
function adminPool(): Promise<pg.Pool> {
  known ??= clusterUrl().then((connectionString) => {
    const pool = new pg.Pool({ connectionString, max: 4, allowExitOnIdle: true })
    pool.on('error', () => undefined)
    return pool
  })
  return known
}

let strategy: Promise<string> | undefined

/** Copying files takes 11 ms of a core; by the log (the default since Postgres 15) it is 23, and the first connection has 2 ms more to do. */
function copying(admin: pg.Pool): Promise<string> {
  strategy ??= admin
    .query<{ chosen: boolean }>(`select current_setting('server_version_num')::integer >= 150000 as chosen`)
    .then(({ rows }) => (rows[0]?.chosen === true ? 'strategy file_copy' : ''))
  return strategy
}

async function ensureTemplate(admin: pg.Pool): Promise<void> {
  if (await exists(admin, template)) return
  const client = await admin.connect()
  try {
    await client.query('select pg_advisory_lock($1)', [templateLock])
    if (!(await exists(client, template))) await makeTemplate(client)
  } finally {
    // Closing the session gives the lock back, whatever happened in it.
    client.release(true)
  }
}

async function makeTemplate(client: pg.PoolClient): Promise<void> {
  const half = `${template}_new`
  await client.query(`drop database if exists ${half} with (force)`)
  await client.query(`create database ${half} template template0`)
  await prepareTemplate(await urlOf(half))
  await client.query(`alter database ${half} rename to ${template}`)
}

async function exists(client: pg.Pool | pg.PoolClient, name: string): Promise<boolean> {
  const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [name])
  return rowCount === 1
}

async function urlOf(name: string): Promise<string> {
  const url = new URL(await clusterUrl())
  url.pathname = `/${name}`
  return url.href
}
