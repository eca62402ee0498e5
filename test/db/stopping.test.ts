import assert from 'node:assert/strict'
import test, { type TestContext } from 'node:test'
import { pino } from 'pino'
import { createReader, type ReaderPool } from '../../src/db/pool/pool.ts'
import { sql } from '../../src/db/sql.ts'
import { database } from '../support/database.ts'
import { startProxy, type Proxy } from '../support/proxy.ts'
import { onTeardown } from '../support/teardown.ts'
import { until } from '../support/until.ts'

interface Through {
  db: ReaderPool
  proxy: Proxy
  /** What the serving backends do: their state, whether their statement is the large one, and what they wait for. */
  backends: () => Promise<Array<{ state: string; large: boolean; waits: string | null }>>
}

/** A pool that reaches its database through a proxy. */
async function through(t: TestContext): Promise<Through> {
  const { url, pool } = await database(t, { migrated: false })
  const proxy = await startProxy(url)
  onTeardown(t, () => proxy.close())
  const db = createReader()
  db.start({
    url: proxy.url(url),
    size: 1,
    connectTimeout: 5000,
    statementTimeout: 60_000,
    lockTimeout: 5000,
    log: pino({ level: 'silent' }),
  })
  onTeardown(t, () => db.end())
  const backends = async () =>
    (
      await pool.query<{ state: string; large: boolean; waits: string | null }>(`
    select state, query like '%repeat%' as large, wait_event as waits from pg_stat_activity where application_name = 'event-detector-observability' and datname = current_database()`)
    ).rows
  return { db, proxy, backends }
}

// 2 GB: more than all buffers on the way hold, and more than is read before the test has seen that the statement runs (200 MB once were).
const large = sql`select repeat('x', 10000) as text from generate_series(1, 200000)`

/** The backend has more to send than anybody takes. */
async function waitsToSend({ proxy, backends }: Through): Promise<void> {
  // The statements by which a connection is set up are active too, and may be seen first.
  await until('the statement runs', async () =>
    (await backends()).some(({ state, large }) => state === 'active' && large),
  )
  proxy.stall()
  await until('the backend waits for room to send', async () =>
    (await backends()).some(({ waits }) => waits === 'ClientWrite'),
  )
}

test('a backend that waits to send is ended within two seconds after its reader has left, for it does not heed cancelling', async (t) => {
  const shown = await through(t)
  const leaving = new AbortController()
  const asked = shown.db.query(large, leaving.signal)
  asked.catch(() => undefined)
  await waitsToSend(shown)
  leaving.abort()
  await until('the backend is gone', async () => (await shown.backends()).length === 0, 2000)
  await assert.rejects(asked)
  assert.deepEqual(await shown.db.query(sql`select 1 as one`), [{ one: 1 }])
})

test('a backend that waits to send on a connection of which nothing more comes is ended, though nobody has left', async (t) => {
  const shown = await through(t)
  const asked = shown.db.query(large)
  asked.catch(() => undefined)
  await waitsToSend(shown)
  await until('the backend is gone', async () => (await shown.backends()).length === 0)
  await assert.rejects(asked, { code: 'CONNECTION_LOST' })
})

test('a statement that heeds cancelling is cancelled, and its connection serves on', async (t) => {
  const { db, backends } = await through(t)
  const pid = async (): Promise<unknown> => (await db.query(sql`select pg_backend_pid() as pid`))[0]?.['pid']
  const before = await pid()
  const leaving = new AbortController()
  const asked = db.query(sql`select pg_sleep(600)`, leaving.signal)
  asked.catch(() => undefined)
  await until('the statement runs', async () => (await backends()).some(({ state }) => state === 'active'))
  leaving.abort()
  await assert.rejects(asked, { code: '57014' })
  assert.equal(await pid(), before)
})
