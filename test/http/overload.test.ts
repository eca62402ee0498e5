import assert from 'node:assert/strict'
import http from 'node:http'
import test, { type TestContext } from 'node:test'
import type { FastifyInstance } from 'fastify'
import type pg from 'pg'
import { addExample, filled, oneOfEachForm } from '../support/endpoints.ts'
import { holdLongTexts, holdTable, LONG_TEXT } from '../support/hold.ts'
import { memoryLog, type Line } from '../support/log.ts'
import { patience } from '../support/patience.ts'
import { assertProblem } from '../support/problem.ts'
import { rawOnce } from '../support/raw.ts'
import { addInvocation, addJob } from '../support/rows.ts'
import { generous, service } from '../support/service.ts'
import { onTeardown } from '../support/teardown.ts'
import { until } from '../support/until.ts'

/** Invocations with long messages that hardly compress: an answer of them is larger than the buffers between the two ends. */
async function addWide(pool: pg.Pool, count: number, job: string | null = null): Promise<void> {
  await pool.query(
    `
    insert into invocations (created_at, source_function, source_event_payload, source_job_id, status, error_message)
    select now(), 'wide', '{}', $1, 'completed', repeat(md5(n::text), 15) from generate_series(1, $2::int) n`,
    [job, count],
  )
}

const SERVICE = 'event-detector-observability'

/** How many statements of the service wait for a lock. */
async function blocked(pool: pg.Pool): Promise<number> {
  const { rows } = await pool.query(
    `select 1 from pg_stat_activity where application_name = '${SERVICE}' and datname = current_database() and wait_event_type = 'Lock'`,
  )
  return rows.length
}

async function answerOf(url: string): Promise<{ status: number; headers: Record<string, string>; text: string }> {
  const response = await fetch(url)
  return { status: response.status, headers: Object.fromEntries(response.headers), text: await response.text() }
}

/** Those that are held by a text that is not read: statements of figures read none, and end by themselves after 2 s. */
const heavyForms = oneOfEachForm.filter(({ endpoint }) => endpoint.heavy)
const ofTrees = heavyForms.filter(({ path }) => path.startsWith('/trees'))

for (const { path } of ofTrees) {
  test(`ten times ${path} at once, and none may wait: as many as one client may have are answered, the others refused at once, and lists are not starved`, async (t) => {
    const { app, listen, pool } = await service(t, { limits: { ...generous, heavy: 4, wait: 0 } })
    const ids = await addExample(pool)
    const base = await listen()
    let came = 0
    app.server.on('request', () => (came += 1))
    await pool.query('update invocations set error_message = $1 where id = $2', [LONG_TEXT, ids.root])
    const letGo = await holdLongTexts(t, pool, 'invocations')
    const url = base + filled(path, ids)
    const answers = Array.from({ length: 3 }, () => answerOf(url))
    // Of one small tree two readings are under way, and the third request waits to share the next one; it has its place too.
    await until('the places are taken', async () => came === 3 && (await blocked(pool)) >= 2)
    for (const refused of await Promise.all(Array.from({ length: 7 }, () => answerOf(url)))) {
      assert.equal(
        assertProblem('unavailable', refused).detail,
        'There is no place: 3 of at most 4 trees, lists of trees or figures are being worked on, 3 of them for this client, which may have 3; 0 wait',
      )
      assert.match(refused.headers['retry-after'] ?? '', /^[123]$/)
    }
    for (const list of ['/invocations?root=false', '/jobs', `/invocations?sourceJobId=${ids.job}`, '/health/live'])
      assert.equal((await answerOf(base + list)).status, 200, list)
    letGo()
    assert.deepEqual(
      (await Promise.all(answers)).map(({ status }) => status),
      [200, 200, 200],
    )
    assert.equal((await answerOf(url)).status, 200, 'there is room again')
  })
}

test('figures have their places among those of trees: none is answered while a tree has the only one', async (t) => {
  const { listen, pool } = await service(t, { limits: { ...generous, heavy: 1, wait: 0 } })
  const ids = await addExample(pool)
  const base = await listen()
  await pool.query('update invocations set error_message = $1 where id = $2', [LONG_TEXT, ids.root])
  const letGo = await holdLongTexts(t, pool, 'invocations')
  const tree = answerOf(`${base}/trees/${ids.root}`)
  await until('the place is taken', async () => (await blocked(pool)) === 1)
  const figures = heavyForms.filter((form) => !ofTrees.includes(form)).map(({ path }) => base + filled(path, ids))
  assert.ok(figures.length >= 6)
  for (const url of figures)
    assert.match(assertProblem('unavailable', await answerOf(url)).detail, /^There is no place: 1 of at most 1/, url)
  letGo()
  assert.equal((await tree).status, 200)
  for (const url of figures) assert.equal((await answerOf(url)).status, 200, url)
})

test('a heavy request that is wrong, or whose client leaves, takes no place for good', async (t) => {
  const { listen, pool, get } = await service(t, { limits: { ...generous, heavy: 1 } })
  const id = await addInvocation(pool)
  const base = await listen()
  for (const path of [
    '/trees/junk',
    '/trees?limit=0',
    `/trees/${id}?maxDepth=-1`,
    '/trees/018f3c5e-0000-7000-8000-000000000000',
  ])
    await get(path)
  const letGo = await holdTable(t, pool, 'job_executions')
  const leaving = new AbortController()
  const asked = fetch(`${base}/trees/${id}`, { signal: leaving.signal })
  await until('it runs', async () => (await blocked(pool)) === 1)
  leaving.abort()
  await assert.rejects(asked)
  await until('it is over', async () => (await blocked(pool)) === 0)
  letGo()
  for (const method of ['HEAD', 'GET'])
    assert.equal((await fetch(`${base}/trees/${id}`, { method })).status, 200, method)
})

test('more requests than may be worked on are refused at once where none may wait, those of health are not; the log counts them', async (t) => {
  const { log, lines } = memoryLog()
  const { listen, pool } = await service(t, { log, limits: { ...generous, concurrent: 5, wait: 0 } })
  const base = await listen()
  const letGo = await holdTable(t, pool, 'invocations')
  const answers = Array.from({ length: 4 }, () => answerOf(`${base}/invocations`))
  await until('all are at work', async () => (await blocked(pool)) === 4)
  const refused = await answerOf(`${base}/jobs`)
  assert.match(
    assertProblem('unavailable', refused).detail,
    /^There is no place: 4 of at most 5 requests are being worked on, 4 of them for this client, which may have 4/,
  )
  assert.match(refused.headers['retry-after'] ?? '', /^[123]$/)
  assert.equal(refused.headers['connection'], 'keep-alive')
  const large = await rawOnce(base, 'GET /jobs HTTP/1.1\r\nHost: here\r\nContent-Length: 1000000000\r\n\r\nx')
  assert.deepEqual([large.status, large.headers['connection']], [503, 'close'], 'a body is not read to the end')
  await Promise.all(Array.from({ length: 6 }, () => answerOf(`${base}/jobs`)))
  assert.equal((await answerOf(`${base}/health/live`)).status, 200)
  letGo()
  assert.deepEqual(
    (await Promise.all(answers)).map(({ status }) => status),
    [200, 200, 200, 200],
  )
  assert.equal((await answerOf(`${base}/jobs`)).status, 200)
  const told = (): Line[] => lines().filter(({ msg }) => msg === 'requests were refused for want of room')
  await until('all that were refused are told', () => told().reduce((sum, line) => sum + (line.refused ?? 0), 0) === 8)
  assert.ok(told().length < 8, JSON.stringify(told()))
  assert.equal(lines().filter(({ msg, status }) => msg === 'request' && status === 503).length, 0)
})

test('a reader that is slow keeps nobody out: its answer is no work any more', async (t) => {
  const { listen, pool } = await service(t, { limits: { ...generous, concurrent: 1 } })
  await addWide(pool, 1000)
  const base = await listen()
  await unread(t, `${base}/invocations?limit=1000`)
  assert.equal((await answerOf(`${base}/jobs`)).status, 200)
})

function connections({ server }: FastifyInstance): Promise<number> {
  return new Promise((resolve, reject) => {
    server.getConnections((error, count) => (error ? reject(error) : resolve(count)))
  })
}

/** Resolves when the headers are there; nothing of the body is read. */
async function unread(t: TestContext, url: string): Promise<http.IncomingMessage> {
  return new Promise((resolve, reject) => {
    const request = http.get(url, resolve)
    request.on('error', reject)
    onTeardown(t, () => request.destroy())
  })
}

test('memory that is short refuses all but health', async (t) => {
  const { get } = await service(t, { limits: { ...generous, memory: 1 } })
  const refused = await until('memory has been looked at', async () => {
    const answer = await get('/trees')
    return answer.status === 503 ? answer : undefined
  })
  assert.equal(assertProblem('unavailable', refused).detail, 'The service is short of memory')
  assert.match(String(refused.headers['retry-after']), /^[123]$/)
  assert.deepEqual([(await get('/health/live')).status, (await get('/health/ready')).status], [200, 200])
})

test('memory that cannot be read (no file descriptor is left) ends nothing and refuses nobody; the log says so once', async (t) => {
  const { log, lines } = memoryLog()
  let looked = 0
  t.mock.method(process.memoryUsage, 'rss', () => {
    looked += 1
    throw Object.assign(new Error('EMFILE: too many open files, uv_resident_set_memory'), { code: 'EMFILE' })
  })
  const { get } = await service(t, { log })
  await until('it has been looked at twice', () => looked === 2)
  assert.deepEqual([(await get('/jobs')).status, (await get('/health/live')).status], [200, 200])
  assert.equal(lines().filter(({ msg }) => msg.startsWith('resident memory cannot be read')).length, 1)
})

test('an event loop that is late refuses all but health, and lets in again when it is not', async (t) => {
  const { get } = await service(t, { limits: { ...generous, delay: 100 } })
  const refused = await until(
    'lateness has been looked at',
    async () => {
      for (const end = Date.now() + 300; Date.now() < end;);
      const answer = await get('/invocations')
      return answer.status === 503 ? answer : undefined
    },
    20_000,
  )
  assert.equal(assertProblem('unavailable', refused).detail, 'The service has more to do than it can keep up with')
  assert.equal((await get('/health/live')).status, 200)
  await until('it lets in again', async () => (await get('/invocations')).status === 200)
})

for (const { path } of oneOfEachForm.filter(({ endpoint }) => !endpoint.open)) {
  test(`${path} that takes longer than a whole request may is 504, and its statement is cancelled`, async (t) => {
    const { listen, pool } = await service(t, { limits: { ...generous, answer: 400 } })
    const ids = await addExample(pool)
    const base = await listen()
    const letGo = await holdTable(t, pool, 'invocations, job_executions, observability_links')
    const late = await answerOf(base + filled(path, ids))
    assert.match(assertProblem('timeout', late).detail, /^The answer took longer than the 0\.4 s/)
    assert.equal(late.headers['retry-after'], '2')
    await until('the statement is gone', async () => (await blocked(pool)) === 0)
    letGo()
    assert.equal((await answerOf(`${base}/health/ready`)).status, 200)
  })
}

test('a reader that does not take its answer in time is cut off', async (t) => {
  const { app, listen, pool } = await service(t, { limits: { ...generous, answer: patience(1500) } })
  const base = await listen()
  const root = await addInvocation(pool)
  const job = await addJob(pool, root)
  await addWide(pool, 9000, job)
  const response = await unread(t, `${base}/trees/${root}`)
  await until('the service has cut it off', async () => (await connections(app)) === 0)
  await assert.rejects(async () => {
    for await (const chunk of response) assert.ok(chunk)
  }, /aborted/)
})
