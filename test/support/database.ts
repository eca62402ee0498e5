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
 * A fresh database with all migrations (or none: `migrated: false`), dropped after the test.
 * That of a failed test is kept, and its url printed. (A failed subtest does not fail its parent in time: give it a database of its own.)
 */
export async function database(t: TestContext, { migrated = true } = {}): Promise<TestDatabase> {
  const admin = await clusterUrl()
  const name = `test_${randomBytes(6).toString('hex')}`
  await withClient(admin, async (client) => {
    if (migrated) await ensureTemplate(client, admin)
    await client.query(`create database ${name} template ${migrated ? template : 'template0'}`)
  })
  const url = urlOf(admin, name)
  const pool = new pg.Pool({ connectionString: url, max: 5, application_name: 'test' })
  // Without a listener a connection that breaks while idle ends the process.
  pool.on('error', () => undefined)
  onTeardown(t, async () => {
    await pool.end()
    // The types of Node 20 lack `passed`; Node 20.12 and later have it.
    if ((t as TestContext & { passed: boolean }).passed) await withClient(admin, (client) => client.query(`drop database ${name} with (force)`))
    else t.diagnostic(`kept the database of this failed test: ${url}`)
  })
  return { url, pool }
}

async function ensureTemplate(client: pg.Client, admin: string): Promise<void> {
  if (await exists(client, template)) return
  await client.query('select pg_advisory_lock($1)', [templateLock])
  try {
    if (await exists(client, template)) return
    await client.query(`drop database if exists ${template}_new`)
    await client.query(`create database ${template}_new template template0`)
    await prepareTemplate(urlOf(admin, `${template}_new`))
    await client.query(`alter database ${template}_new rename to ${template}`)
  } finally {
    await client.query('select pg_advisory_unlock($1)', [templateLock])
  }
}

async function exists(client: pg.Client, name: string): Promise<boolean> {
  const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [name])
  return rowCount === 1
}

async function withClient<T>(connectionString: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

function urlOf(admin: string, name: string): string {
  const url = new URL(admin)
  url.pathname = `/${name}`
  return url.href
}
