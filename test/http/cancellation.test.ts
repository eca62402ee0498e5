import assert from 'node:assert/strict'
import { connect } from 'node:net'
import test, { type TestContext } from 'node:test'
import Fastify, { type FastifyBaseLogger } from 'fastify'
import type pg from 'pg'
import { pino } from 'pino'
import { createReader } from '../../src/db/pool/pool.ts'
import { registerCompression } from '../../src/http/negotiate/compression.ts'
import { registerCancellation } from '../../src/http/lifecycle/cancellation.ts'
import { registerErrors } from '../../src/http/problems/answer.ts'
import { database } from '../support/database.ts'
import { addExample, endpoints, filled, samples } from '../support/endpoints.ts'
import { memoryLog } from '../support/log.ts'
import { addInvocation } from '../support/rows.ts'
import { generous, service } from '../support/service.ts'
import { onTeardown } from '../support/teardown.ts'
import { until } from '../support/until.ts'

const SERVICE = 'event-detector-observability'
const HOUR = 3_600_000

/** What the service's backends run right now. */
async function running(pool: pg.Pool): Promise<string[]> {
  const { rows } = await pool.query<{ query: string }>(
    `select query from pg_stat_activity where application_name = '${SERVICE}' and datname = current_database() and state = 'active'`,
  )
  return rows.map(({ query }) => query)
}

/** Holds every reader of a table until it is let go: a query that would run for ever. */
async function block(t: TestContext, pool: pg.Pool, table: string): Promise<() => Promise<void>> {
  const client = await pool.connect()
  await client.query(`begin; lock table ${table} in access exclusive mode`)
  let held = true
  const letGo = async (): Promise<void> => {
    if (held) client.release(true)
    held = false
  }
  onTeardown(t, letGo)
  return letGo
}

for (const { id, path: route } of endpoints.filter(({ open }) => !open)) {
  test(`a client that goes away from ${route} stops its query on the server, and the connection serves on`, async (t) => {
    const given = await database(t)
    const db = createReader()
    // No timeout of the server ends the query in place of the client's leaving.
    db.start({
      url: given.url,
      size: 5,
      connectTimeout: 5000,
      statementTimeout: HOUR,
      lockTimeout: HOUR,
      log: pino({ level: 'silent' }),
    })
    onTeardown(t, () => db.end())
    const { listen, pool } = await service(t, { db }, given)
    const ids = await addExample(pool)
    const base = await listen()
    const letGo = await block(t, pool, 'job_executions, invocations, observability_links')
    for (const { path } of samples.filter(({ endpoint }) => endpoint.id === id)) {
      const leaving = new AbortController()
      const request = fetch(base + filled(path, ids), { signal: leaving.signal })
      await until(`the query of ${path} runs`, async () => (await running(pool)).length > 0)
      leaving.abort()
      await assert.rejects(request)
      await until(`the query of ${path} is gone`, async () => (await running(pool)).length === 0)
    }
    await letGo()
    const { status } = await fetch(`${base}/trees/${ids.root}`)
    assert.equal(status, 200)
  })
}

test('who sends many requests at once and goes away leaves none of them running, and no place taken', async (t) => {
  const { listen, pool } = await service(t, { limits: { ...generous, heavy: 5, concurrent: 6 } })
  const id = await addInvocation(pool)
  const base = await listen()
  const letGo = await block(t, pool, 'invocations, event_executions')
  const socket = connect(Number(new URL(base).port), '127.0.0.1')
  onTeardown(t, () => socket.destroy())
  socket.write(
    `GET /invocations/${id} HTTP/1.1\r\nhost: here\r\n\r\n${`GET /trees/${id} HTTP/1.1\r\nhost: here\r\n\r\n`.repeat(5)}`,
  )
  await until('queries run', async () => (await running(pool)).length > 2)
  socket.destroy()
  await until('the queries are gone', async () => (await running(pool)).length === 0)
  await letGo()
  const answers = await Promise.all(Array.from({ length: 5 }, () => fetch(`${base}/trees/${id}`)))
  assert.deepEqual(
    answers.map(({ status }) => status),
    [200, 200, 200, 200, 200],
  )
})

test('an answer that is being packed when its time is over is sent whole or cut off, not followed by a problem', async (t) => {
  const app = Fastify()
  onTeardown(t, () => app.close())
  registerCancellation(app, 200)
  registerErrors(app)
  await registerCompression(app)
  const large = Array.from({ length: 100_000 }, (_, n) => n)
  app.get('/', async () => {
    // Past the deadline without a turn of the event loop: the timer fires after the sending has begun.
    for (const end = Date.now() + 300; Date.now() < end;);
    return large
  })
  const base = await app.listen({ host: '127.0.0.1', port: 0 })
  const came = await fetch(base, { headers: { 'accept-encoding': 'gzip' } }).then(
    async (answer) => [answer.status, await answer.json()],
    () => 'cut off',
  )
  if (came !== 'cut off') assert.deepEqual(came, [200, large])
})

test('what fails because its client went away is no error in the log, also if its answer waited behind another one', async (t) => {
  const { log, lines } = memoryLog()
  const loggerInstance: FastifyBaseLogger = log
  const app = Fastify({ loggerInstance, disableRequestLogging: true })
  onTeardown(t, () => app.close())
  registerCancellation(app, 60_000)
  registerErrors(app)
  let failed = 0
  app.addHook('onSend', async () => {
    failed += 1
  })
  let begun = 0
  app.get('/', (request) => {
    begun += 1
    return new Promise((_resolve, reject) => {
      const { signal } = request.cancellation
      signal.addEventListener('abort', () => reject(signal.reason as Error))
    })
  })
  const base = await app.listen({ host: '127.0.0.1', port: 0 })
  const socket = connect(Number(new URL(base).port), '127.0.0.1')
  onTeardown(t, () => socket.destroy())
  socket.write('GET / HTTP/1.1\r\nhost: here\r\n\r\n'.repeat(3))
  await until('three are at work', () => begun === 3)
  socket.destroy()
  await until('all three have failed', () => failed === 3)
  assert.deepEqual(
    lines().filter(({ level }) => level >= 50),
    [],
  )
})
