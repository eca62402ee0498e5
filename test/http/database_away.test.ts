import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import test, { type TestContext } from 'node:test'
import { pino } from 'pino'
import { createReader, type PoolOptions } from '../../src/db/pool/pool.ts'
import { filled, samples } from '../support/endpoints.ts'
import { assertProblem } from '../support/problem.ts'
import { addInvocation } from '../support/rows.ts'
import { service, type Answer, type Service } from '../support/service.ts'
import { database } from '../support/database.ts'
import { patience } from '../support/patience.ts'
import { onTeardown } from '../support/teardown.ts'
import { until } from '../support/until.ts'

/** Samples that ask the database: all but that of liveness. */
const asking = samples.filter(({ endpoint }) => endpoint.id !== 'isLive')

/** A Reader with times that are short, but not too short for making a connection here, on another database than the service's own. */
function impatient(t: TestContext, url: string, options: Partial<PoolOptions> = {}) {
  const db = createReader()
  db.start({
    url,
    size: 2,
    connectTimeout: patience(300),
    statementTimeout: patience(300),
    lockTimeout: patience(300),
    log: pino({ level: 'silent' }),
    ...options,
  })
  onTeardown(t, () => db.end())
  return db
}

/** A port where a server accepts and never says a word, or, without one, nobody listens. */
async function deafPort(t: TestContext, listening: boolean): Promise<number> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => sockets.add(socket))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const close = () => {
    for (const socket of sockets) socket.destroy()
    return new Promise((resolve) => server.close(resolve))
  }
  if (listening) onTeardown(t, close)
  else await close()
  return port
}

function assertRetry(answer: Answer<unknown>, name: 'unavailable' | 'timeout', detail: RegExp): void {
  assert.match(assertProblem(name, answer).detail, detail)
  assert.match(String(answer.headers['retry-after']), /^[1-9]\d*$/)
}

test('a database that is away is 503 with Retry-After everywhere, and the process still lives', async (t) => {
  const db = impatient(t, `postgres://someone:secret@127.0.0.1:${await deafPort(t, false)}/nowhere`)
  const { get } = await service(t, { db })
  for (const { path } of asking) {
    const answer = await get(filled(path))
    assertRetry(answer, 'unavailable', /^The database cannot be reached$/)
    assert.doesNotMatch(answer.text, /secret|someone|nowhere/)
  }
  assert.equal((await get('/health/live')).status, 200)
  assert.equal((await get('/openapi.json')).status, 200)
})

test('a database that accepts and stays silent is 503 within the connect timeout', async (t) => {
  const db = impatient(t, `postgres://127.0.0.1:${await deafPort(t, true)}/nowhere`)
  const { get } = await service(t, { db })
  const answer = await Promise.race([
    get('/trees'),
    new Promise<undefined>((resolve) => setTimeout(resolve, patience(5000), undefined).unref()),
  ])
  assert.ok(answer, 'no answer within 16 times the connect timeout')
  assertRetry(answer, 'unavailable', /^No connection to the database was free in time$/)
})

test('a pool without a free connection is 503, and serves again when one is free', async (t) => {
  const { url } = await database(t)
  const db = impatient(t, url, { size: 1 })
  const { get } = await service(t, { db })
  const held = await db.open()
  assertRetry(await get('/trees'), 'unavailable', /^No connection to the database was free in time$/)
  await held.close()
  assert.equal((await get('/trees')).status, 200)
})

test('a statement that takes too long is 504, and a lock that is not free 503', async (t) => {
  const { url, pool } = await database(t)
  // All are asked at once, as some wait for 4 s: each waits for its connection as long as those before it take.
  const busy = { size: 10, connectTimeout: patience(10_000) }
  const [short, long] = [patience(50), patience(5000)]
  const waiting = await service(t, { db: impatient(t, url, { ...busy, statementTimeout: short, lockTimeout: long }) })
  // A lock that is held is not free after 50 ms on any machine; a search, which gives its statements a second, would be over before a longer wait.
  const locked = await service(t, { db: impatient(t, url, { ...busy, statementTimeout: long, lockTimeout: 50 }) })
  const writer = await pool.connect()
  onTeardown(t, () => writer.release(true))
  await writer.query('begin')
  await writer.query('lock table invocations, job_executions, observability_links in access exclusive mode')
  const paths = asking.filter(({ endpoint }) => !endpoint.open).map(({ path }) => filled(path))
  const askAll = ({ get }: Service) => Promise.all(paths.map((path) => get(path)))
  const [late, refused] = await Promise.all([askAll(waiting), askAll(locked)])
  for (const answer of late) assertRetry(answer, 'timeout', /^The query took longer than the service allows/)
  for (const answer of refused) assertRetry(answer, 'unavailable', /^A lock in the database was not free in time$/)
  await writer.query('rollback')
  assert.equal((await waiting.get('/invocations')).status, 200)
})

test('connections that the server cuts are 503 at worst, and then made anew', async (t) => {
  const { url, pool } = await database(t)
  const db = impatient(t, url)
  const { get } = await service(t, { db })
  await addInvocation(pool)
  const held = await db.open()
  assert.equal((await get('/trees')).status, 200)
  await pool.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'event-detector-observability'`,
  )
  await held.close()
  const recovered = await until('the service answers again', async () => {
    const answer = await get<{ data: unknown[] }>('/trees')
    if (answer.status !== 200) assertProblem('unavailable', answer)
    return answer.status === 200 ? answer : undefined
  })
  assert.equal(recovered.json.data.length, 1)
})

test('a database without the tables, a role without rights and a wrong password are 503 without their names', async (t) => {
  const { url } = await database(t, { migrated: false })
  const { get } = await service(t, { db: impatient(t, url) })
  assertRetry(await get('/trees'), 'unavailable', /lacks a table or a column that this build needs; run the migrations/)

  const stranger = new URL(url)
  stranger.username = 'nobody-known'
  stranger.password = 'secret'
  const refused = await (await service(t, { db: impatient(t, stranger.href) })).get('/trees')
  assertRetry(refused, 'unavailable', /^The database does not let the service in$/)
  assert.doesNotMatch(refused.text, /nobody-known|secret/)
})

test('a role that may read no longer is told: not ready, and what has to be granted', async (t) => {
  const { url, pool } = await database(t)
  const role = `reader_${randomBytes(6).toString('hex')}`
  await pool.query(
    `create role ${role} login password '${role}'; grant select on all tables in schema public to ${role}`,
  )
  onTeardown(t, () => pool.query(`drop owned by ${role}; drop role ${role}`))
  const own = new URL(url)
  Object.assign(own, { username: role, password: role })
  const { get } = await service(t, { db: impatient(t, own.href) })
  assert.equal((await get('/health/ready')).status, 200)
  await pool.query(`revoke select on job_executions from ${role}`)
  const { status, json } = await get<{ detail: string }>('/health/ready')
  assert.equal(status, 503)
  assert.equal(
    json.detail,
    'The service may not read a table that it shows; the owner of the tables has to grant select on them to its role',
  )
})
