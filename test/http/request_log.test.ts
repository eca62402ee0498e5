import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import test from 'node:test'
import type { Reader } from '../../src/db/db.ts'
import { addExample, filled, samples } from '../support/endpoints.ts'
import { apiKeys, AUDIENCE, bearer, claims, ISSUER, signer } from '../support/keys.ts'
import { memoryLog } from '../support/log.ts'
import { raw, request } from '../support/raw.ts'
import { addInvocation } from '../support/rows.ts'
import { service } from '../support/service.ts'
import { until } from '../support/until.ts'

test('each request is one line with its id, route, status, time and rows', async (t) => {
  const { log, requests } = memoryLog()
  const { get, pool } = await service(t, { log })
  const ids = [await addInvocation(pool), await addInvocation(pool)]
  const asked: Array<[path: string, route: string, status: number, rows: number]> = [
    ['/invocations', '/invocations', 200, 2],
    [`/trees/${ids[0]}`, '/trees/:id', 200, 1],
    [`/trees/${ids[0]}?format=ndjson`, '/trees/:id', 200, 1],
    [`/trees/${randomUUID()}`, '/trees/:id', 404, 0],
    ['/trees/junk', '/trees/:id', 400, 0],
    ['/nowhere', 'none', 404, 0],
    ['/trees/%zz', 'none', 400, 0],
    ['/health/live', '/health/live', 200, 0],
  ]
  for (const [at, [path, route, status, rows]] of asked.entries()) {
    const answer = await get(path)
    await until('the line is there', () => requests().length > at)
    const line = requests()[at]!
    assert.deepEqual([line.method, line.route, line.status, line.rows], ['GET', route, status, rows], path)
    assert.equal(line.requestId, answer.headers['x-request-id'], path)
    assert.ok(typeof line.ms === 'number' && line.ms >= 0 && line.ms < 60_000, path)
  }
  assert.equal(requests().length, asked.length)
})

test('every endpoint tells its route, and how many rows it gave', async (t) => {
  const { log, requests } = memoryLog()
  const { get, pool } = await service(t, { log })
  const ids = await addExample(pool)
  for (const [at, { endpoint, path }] of samples.entries()) {
    const { status, json } = await get<{ data?: unknown[] } | undefined>(filled(path, ids))
    const line = await until('the line is there', () => requests()[at])
    assert.deepEqual(
      [line.method, line.route, line.status],
      ['GET', endpoint.path.replaceAll(/\{(\w+)\}/g, ':$1'), status],
      path,
    )
    if (endpoint.list) assert.equal(line.rows, json?.data?.length, path)
    // Nothing of the example has failed or is missing, so there is nothing to list.
    else if (['/failures', '/missing'].includes(endpoint.path)) assert.equal(line.rows, 0, path)
    else assert.equal(Number(line.rows) > 0, !endpoint.open, `${path}: ${line.rows} rows`)
  }
  assert.equal(requests().length, samples.length)
})

test('the line says by which key it was asked, and of a token only that it was one', async (t) => {
  const { log, requests } = memoryLog()
  const {
    keys,
    shown: [key = ''],
  } = apiKeys({ name: 'dashboards', scopes: ['read'] })
  const issuer = signer()
  const { get } = await service(t, {
    log,
    credentials: {
      keys,
      keysFile: undefined,
      tokens: { keys: { pem: issuer.pem }, issuer: ISSUER, audience: AUDIENCE },
    },
  })
  for (const headers of [
    bearer(key),
    bearer(await issuer.sign(claims({ sub: 'ada@shop.example' }))),
    bearer('wrong'),
    {},
  ])
    await get('/jobs', headers)
  await until('the lines are there', () => requests().length === 4)
  assert.deepEqual(
    requests().map((line) => [line.status, line.key]),
    [
      [200, 'dashboards'],
      [200, 'token'],
      [401, undefined],
      [401, undefined],
    ],
  )
})

test('the line says which personal data was given, by the names of its fields alone', async (t) => {
  const { log, requests, text } = memoryLog()
  const { get, pool } = await service(t, { log, anonymousScopes: ['read', 'read:payload'] })
  const id = await addInvocation(pool, { source_user_email: 'ada@shop.example' })
  for (const path of [`/invocations/${id}`, `/invocations/${id}?include=email,stacks`]) await get(path)
  await until('the lines are there', () => requests().length === 2)
  assert.deepEqual(
    requests().map(({ personal }) => personal),
    [undefined, ['sourceUserEmail', 'errorStack']],
  )
  assert.doesNotMatch(text(), /ada@/)
})

test('what is refused on the bare socket is a line with the id of its answer', async (t) => {
  const { log, requests } = memoryLog()
  const base = await (await service(t, { log })).listen()
  const [answer] = await raw(base, 'nonsense\r\n\r\n')
  assert.deepEqual(
    requests().map(({ requestId, status }) => [requestId, status]),
    [[answer?.headers['x-request-id'], 400]],
  )
})

test('all lines of a request carry its id', async (t) => {
  const { log, lines } = memoryLog()
  const { get } = await service(t, {
    log,
    db: { query: () => Promise.reject(new Error('broken')) } as unknown as Reader,
  })
  await get('/invocations', { 'x-request-id': 'abc-1' })
  await until('both lines are there', () => lines().length === 2)
  assert.deepEqual(
    lines().map(({ requestId }) => requestId),
    ['abc-1', 'abc-1'],
  )
})

test('a harmless x-request-id is kept, any other is replaced', async (t) => {
  const { get } = await service(t)
  for (const id of ['abc', randomUUID(), 'A.b_c:d-1', 'x'.repeat(128)])
    assert.equal((await get('/health/live', { 'x-request-id': id })).headers['x-request-id'], id)
  for (const id of ['', 'a b', 'a"b', 'x'.repeat(129), '<script>', 'a;b', '\u00e9', '${jndi:x}']) {
    const given = (await get('/health/live', { 'x-request-id': id })).headers['x-request-id']
    assert.match(String(given), /^[0-9a-f]{8}-[0-9a-f-]{27}$/, id)
  }
})

test('no value of a query, no header and no body gets into the log, whatever comes of the request', async (t) => {
  const { log, text, requests } = memoryLog()
  const { listen } = await service(t, { log })
  const base = await listen()
  const lines = [
    'Authorization: Bearer SECRET',
    'Cookie: session=SECRET',
    'Content-Type: text/plain',
    'Content-Length: 6',
    'X-Request-Id: SECRET SECRET',
    'Referer: http://here/?SECRET',
  ]
  const bytes = [
    'GET /invocations?correlationId=SECRET',
    'GET /invocations?status=SECRET',
    'GET /invocations?cursor=SECRET',
    'GET /invocations?from=SECRET',
    'GET /jobs?SECRET=1',
    'GET /trees/%zz?correlationId=SECRET',
    'GET /nowhere?correlationId=SECRET',
    'POST /trees?correlationId=SECRET',
    `GET /trees/${'x'.repeat(16_400)}?correlationId=SECRET`,
  ]
  for (const line of bytes) await raw(base, `${request(line, ...lines)}SECRET`)
  await raw(base, `SECRET ${request('/')}`)
  await until('every request has its line', () => requests().length >= bytes.length)
  assert.doesNotMatch(text(), /SECRET/)
})

test('a failure is logged by its name, code and stack, without the values that the database adds', async (t) => {
  const { log, lines, text } = memoryLog()
  const failure = Object.assign(new Error('division by zero'), {
    code: '22012',
    detail: 'SECRET',
    where: 'SECRET',
    query: 'SECRET',
    internalQuery: 'SECRET',
    parameters: ['SECRET'],
  })
  const db = { query: () => Promise.reject(failure) } as unknown as Reader
  const { get } = await service(t, { log, db })
  const answer = await get('/invocations?correlationId=SECRET')
  assert.equal(answer.status, 500)
  assert.doesNotMatch(answer.text, /division/)
  const line = lines().find(({ err }) => err !== undefined)
  assert.deepEqual(
    [line?.level, line?.requestId, line?.err?.['code'], line?.err?.['message']],
    [50, answer.headers['x-request-id'], '22012', 'division by zero'],
  )
  assert.match(String(line?.err?.['stack']), /request_log\.test/)
  assert.doesNotMatch(text(), /SECRET/)
})

test('the fault of a client is no line at error, that of the service is', async (t) => {
  const { log, lines } = memoryLog()
  const { get } = await service(t, {
    log,
    db: { query: () => Promise.reject(new Error('broken')) } as unknown as Reader,
  })
  await get('/trees/junk')
  await until('the request is logged', () => lines().length > 0)
  assert.deepEqual(
    lines().map(({ level }) => level),
    [30],
  )
  await get('/invocations')
  await until('both lines are there', () => lines().length === 3)
  assert.deepEqual(
    lines()
      .map(({ level }) => level)
      .slice(1),
    [50, 30],
  )
})
