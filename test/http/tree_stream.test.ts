import assert from 'node:assert/strict'
import { once } from 'node:events'
import http from 'node:http'
import test, { type TestContext } from 'node:test'
import { pino } from 'pino'
import type { Reader } from '../../src/db/db.ts'
import { createReader } from '../../src/db/pool/pool.ts'
import { addInvocation, addJob } from '../support/rows.ts'
import { generous, service, type Service, type Settings } from '../support/service.ts'
import { onTeardown } from '../support/teardown.ts'
import { until } from '../support/until.ts'

interface Shown extends Service {
  base: string
  /** The path of a tree that is too large for the buffers between the two ends. */
  wide: string
}

/** A service that listens and has one connection to its database: whoever keeps it, keeps everybody waiting. */
async function oneConnection(
  t: TestContext,
  { wrap = (db) => db, ...deps }: Partial<Settings> & { wrap?: (db: Reader) => Reader } = {},
): Promise<Shown> {
  const db = createReader()
  const shown = await service(t, { db: wrap(db), ...deps })
  db.start({
    url: shown.url,
    size: 1,
    connectTimeout: 5000,
    statementTimeout: 30_000,
    lockTimeout: 5000,
    log: pino({ level: 'silent' }),
  })
  onTeardown(t, () => db.end())
  const root = await addInvocation(shown.pool)
  const job = await addJob(shown.pool, root)
  await shown.pool.query(
    `
    insert into invocations (created_at, source_function, source_event_payload, source_job_id, status, error_message)
    select now(), 'wide', '{}', $1, 'completed', repeat('x', 500) from generate_series(1, 20000)`,
    [job],
  )
  return { ...shown, base: await shown.listen(), wide: `/trees/${root}?format=ndjson&maxNodes=100000` }
}

/** Asks and reads nothing of the answer. */
async function unread(t: TestContext, url: string): Promise<http.IncomingMessage> {
  const request = http.get(url)
  onTeardown(t, () => request.destroy())
  const [response] = (await once(request, 'response')) as [http.IncomingMessage]
  assert.equal(response.statusCode, 200)
  response.on('error', () => undefined)
  return response
}

/** The same when the first nodes have come. */
async function halfRead(t: TestContext, url: string): Promise<http.IncomingMessage> {
  const response = await unread(t, url)
  response.once('readable', () => undefined)
  await until('the first nodes', () => response.readableLength > 10_000)
  return response
}

interface Line {
  type: string
  problem?: { status: number; type: string; detail: string }
  summary?: { invocations: number }
}

const linesOf = (text: string): Line[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line)

async function textOf(stream: AsyncIterable<unknown>): Promise<string> {
  let text = ''
  for await (const chunk of stream) text += String(chunk)
  return text
}

test('a tree of 20,001 invocations is streamed whole, and the connection is free again', async (t) => {
  const { get, wide } = await oneConnection(t)
  const lines = linesOf((await get(wide)).text)
  assert.equal(lines.filter(({ type }) => type === 'node').length, 20_001)
  assert.equal(lines.at(-1)?.summary?.invocations, 20_001)
  assert.equal((await get('/jobs')).status, 200)
})

test('a connection that is lost under a slow reader gives a last line error, and the service goes on', async (t) => {
  const { base, wide, pool, get } = await oneConnection(t)
  const response = await halfRead(t, `${base}${wide}`)
  await pool.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'event-detector-observability'`,
  )
  const lines = linesOf(await textOf(response))
  assert.ok(lines.length > 2)
  assert.deepEqual([lines.at(-1)?.type, lines.at(-1)?.problem?.status], ['error', 503])
  assert.equal((await get('/jobs')).status, 200)
})

test('a batch that fails gives a last line error, without the words of the failure', async (t) => {
  const wrap = (db: Reader): Reader => ({
    ...db,
    async open(timeout) {
      const snapshot = await db.open(timeout)
      return {
        ...snapshot,
        async *batches<R extends object>(...[statement, size]: Parameters<typeof snapshot.batches>) {
          for await (const rows of snapshot.batches<R>(statement, size)) {
            yield rows
            if (rows.length === size) throw new Error('secret')
          }
        },
      }
    },
  })
  const { get, wide } = await oneConnection(t, { wrap })
  const { text } = await get(wide)
  const lines = linesOf(text)
  assert.equal(lines.filter(({ type }) => type === 'node').length, 501)
  assert.deepEqual([lines.at(-1)?.type, lines.at(-1)?.problem?.type], ['error', '/problems/internal-error'])
  assert.doesNotMatch(text, /secret/)
  assert.equal((await get('/jobs')).status, 200)
})

test('a client that goes away frees its connection at once', async (t) => {
  const { base, wide, get } = await oneConnection(t)
  const response = await halfRead(t, `${base}${wide}`)
  response.destroy()
  assert.equal((await get('/jobs')).status, 200)
})

test('HEAD of a stream frees its connection, and does not read the tree', async (t) => {
  let batches = 0
  const wrap = (db: Reader): Reader => ({
    ...db,
    async open(options) {
      const snapshot = await db.open(options)
      return {
        ...snapshot,
        async *batches<R extends object>(...asked: Parameters<typeof snapshot.batches>) {
          for await (const rows of snapshot.batches<R>(...asked)) {
            batches += 1
            yield rows
          }
        },
      }
    },
  })
  const { base, wide, get } = await oneConnection(t, { wrap })
  const response = await fetch(`${base}${wide}`, { method: 'HEAD' })
  assert.deepEqual([response.status, response.headers.get('content-type')], [200, 'application/x-ndjson'])
  assert.equal((await get('/jobs')).status, 200)
  assert.ok(batches < 10, `${batches} batches were read`)
})

test('a stream that would begin after its 504 keeps no connection', async (t) => {
  // Cancelling comes to nothing: it needs a network, and that may be what is lost.
  const wrap = (db: Reader): Reader => ({ ...db, open: ({ statementTimeout } = {}) => db.open({ statementTimeout }) })
  const { base, pool, wide } = await oneConnection(t, { wrap, limits: { ...generous, answer: 300 } })
  const writer = await pool.connect()
  onTeardown(t, () => writer.release(true))
  await writer.query('begin; lock table invocations in access exclusive mode')
  assert.equal((await fetch(base + wide)).status, 504)
  await writer.query('rollback')
  await until('the connection answers again', async () => (await fetch(`${base}/jobs`)).status === 200)
})

test('a reader that does not read is cut off, and its connection is free', async (t) => {
  const { base, wide, get } = await oneConnection(t, { limits: { ...generous, stream: 300 } })
  const response = await unread(t, `${base}${wide}`)
  assert.equal((await get('/jobs')).status, 200)
  await assert.rejects(textOf(response), /aborted/)
})

test('sixty clients that leave at any moment cost no connection', async (t) => {
  const { base, pool, wide } = await oneConnection(t)
  await Promise.all(
    Array.from({ length: 60 }, async (_, n) => {
      const leaving = new AbortController()
      const asked = fetch(base + wide, {
        signal: leaving.signal,
        headers: n % 2 === 0 ? {} : { 'accept-encoding': 'br' },
      })
      setTimeout(() => leaving.abort(), n)
      await asked.then((response) => response.text()).catch(() => undefined)
    }),
  )
  await until('the connection answers again', async () => (await fetch(`${base}/jobs`)).status === 200, 20_000)
  const { rows } = await pool.query(
    "select 1 from pg_stat_activity where application_name = 'event-detector-observability' and datname = current_database() and state = 'idle in transaction'",
  )
  assert.equal(rows.length, 0)
})

test('more streams than may be open at once are told so, and one that ends makes room', async (t) => {
  const { base, wide } = await oneConnection(t, { limits: { ...generous, heavy: 1, wait: 0 } })
  const first = await unread(t, base + wide)
  const refused = await fetch(base + wide)
  assert.equal(refused.status, 503)
  assert.match(refused.headers.get('retry-after') ?? '', /^[1-3]$/)
  assert.match(await refused.text(), /1 of at most 1 trees, lists of trees or figures are being worked on/)
  first.destroy()
  await until('there is room again', async () => {
    const response = await fetch(base + wide)
    await response.text()
    return response.status === 200
  })
})

test('stopping cuts off a reader that does not read', async (t) => {
  const { app, base, wide } = await oneConnection(t, { stopGrace: 100 })
  const response = await unread(t, base + wide)
  await app.close()
  assert.equal(response.complete, false)
})
