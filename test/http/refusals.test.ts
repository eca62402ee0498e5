import assert from 'node:assert/strict'
import { once } from 'node:events'
import { METHODS } from 'node:http'
import { connect } from 'node:net'
import test, { type TestContext } from 'node:test'
import { promisify } from 'node:util'
import type pg from 'pg'
import { problems, type ProblemName } from '../../src/http/problems/problem.ts'
import { addExample, documentation, endpoints, filled, samples } from '../support/endpoints.ts'
import { patience } from '../support/patience.ts'
import { assertProblem } from '../support/problem.ts'
import { raw, rawOnce, request } from '../support/raw.ts'
import { addLargeTree } from '../support/rows.ts'
import { generous, service } from '../support/service.ts'
import { onTeardown } from '../support/teardown.ts'
import { until } from '../support/until.ts'

const GET = 'GET /health/live'
const BODY = ['Content-Type: application/json', 'Content-Length: 5']

/** What no handler ever sees, by its name: the bytes, and the problem that answers them. */
const refused: Array<[what: string, bytes: string, problem: ProblemName]> = [
  ['no HTTP at all', 'hello\r\n\r\n', 'bad-request'],
  ['a TLS handshake', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 'bad-request'],
  ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'bad-request'],
  ['an unknown method', request('FOO /trees'), 'bad-request'],
  ['a space in the path', request('GET /tr ees'), 'bad-request'],
  ['bytes beyond ASCII in the path', request('GET /trees/\xe9'), 'bad-request'],
  ['a space in the name of a header', request(GET, 'a b: c'), 'bad-request'],
  ['two lengths', request(GET, 'Content-Length: 5', 'Content-Length: 6'), 'bad-request'],
  [
    'a length and chunks',
    `${request('POST /trees', 'Content-Length: 5', 'Transfer-Encoding: chunked')}0\r\n\r\n`,
    'bad-request',
  ],
  ['two Hosts', request(GET, 'Host: there'), 'bad-request'],
  ['no Host in HTTP/1.1', 'GET /health/live HTTP/1.1\r\nConnection: close\r\n\r\n', 'bad-request'],
  ['percent-encoding that is none', request('GET /trees/%zz'), 'bad-request'],
  ['percent-encoding that is no UTF-8', request('GET /trees/%ff%fe'), 'bad-request'],
  ['a NUL in an id', request('GET /trees/%00'), 'invalid-request'],
  ['a NUL in a path', request('GET /nowhere%00'), 'not-found'],
  ['an unknown path', request('GET /nowhere'), 'not-found'],
  ['an empty segment', request('GET //trees'), 'not-found'],
  ['a path in capitals', request('GET /Trees'), 'not-found'],
  ['a way out of the docs', request('GET /docs/static/..%2f..%2fpackage.json'), 'not-found'],
  [
    'a range beyond a file of the docs',
    request('GET /docs/static/swagger-ui.css', 'Range: bytes=99999999-'),
    'bad-request',
  ],
  ['a body to an unknown path', `${request('POST /nowhere', ...BODY)}{bad}`, 'not-found'],
  [
    'a huge body to an unknown path',
    request('POST /nowhere', 'Content-Type: application/json', 'Content-Length: 99999999'),
    'not-found',
  ],
  [
    'no body where one was announced',
    request('DELETE /nowhere', 'Content-Type: application/json', 'Content-Length: 0'),
    'not-found',
  ],
  ['a query that is too long', request(`GET /trees?x=${'a'.repeat(17_000)}`), 'uri-too-long'],
  ['a path that is too long', request(`GET /trees/${'a'.repeat(17_000)}`), 'uri-too-long'],
  ['a URL beyond all headers', request(`GET /trees/${'a'.repeat(60_000)}`), 'headers-too-large'],
  ['a header that is too large', request(GET, `X: ${'a'.repeat(60_000)}`), 'headers-too-large'],
  ['an Accept that nothing meets', request(GET, 'Accept: image/png'), 'not-acceptable'],
  ['an Accept that means nothing', request(GET, 'Accept: ;;;'), 'not-acceptable'],
  ['CONNECT', 'CONNECT example.com:80 HTTP/1.1\r\nHost: example.com:80\r\n\r\n', 'method-not-allowed'],
  ['OPTIONS of the whole server', request('OPTIONS *'), 'method-not-allowed'],
  [
    'a body with a type that is none',
    `${request('POST /trees', 'Content-Type: a/b;;x', 'Content-Length: 5')}hello`,
    'method-not-allowed',
  ],
]

test('what is refused before a handler sees it is a problem too', async (t) => {
  const { listen } = await service(t)
  const base = await listen()
  for (const [what, bytes, problem] of refused) {
    await t.test(what, async () => {
      const { status, headers, body } = await rawOnce(base, bytes)
      assertProblem(problem, { status, headers, text: body })
      assert.equal(headers['connection'], 'close')
      assert.equal(headers['x-content-type-options'], 'nosniff')
    })
  }
})

test('a problem never echoes more than a glimpse of what was sent', async (t) => {
  const base = await (await service(t)).listen()
  for (const path of [
    `/trees/${'a'.repeat(16_000)}`,
    `/trees/${'a'.repeat(17_000)}`,
    `/${'a'.repeat(16_000)}`,
    `/trees?${'a'.repeat(16_000)}=1`,
    `/trees?limit=${'a'.repeat(16_000)}`,
    `/trees/%zz${'a'.repeat(10_000)}`,
  ]) {
    const { body } = await rawOnce(base, request(`GET ${path}`, `Accept: ${'a'.repeat(9000)}`))
    assert.ok(body.length < 1500, `${body.length} characters answer ${path.slice(0, 20)}…`)
  }
})

test('thousands of mistakes are answered with the first fifty, and their number', async (t) => {
  const { get } = await service(t)
  const answer = await get(`/trees?${Array.from({ length: 2000 }, (_, at) => `a${at}`).join('&')}`)
  const { detail, errors } = assertProblem('invalid-request', answer)
  assert.equal(errors?.length, 50)
  assert.match(detail, /^a0: .* Also wrong: a1, a2, a3 and 1996 more$/)
})

test('every route answers every method but GET and HEAD with 405 and Allow', async (t) => {
  const { app } = await service(t)
  const routes = [...endpoints.map(({ path }) => path.replace('{id}', 'x')), ...documentation]
  const methods = METHODS.filter((method) => !['GET', 'HEAD', 'CONNECT'].includes(method))
  assert.ok(methods.length > 25)
  for (const url of routes) {
    for (const method of methods) {
      const response = await app.inject({
        method: method as 'POST',
        url,
        headers: { 'content-type': 'text/odd' },
        ...(method === 'TRACE' ? {} : { payload: 'x' }),
      })
      assertProblem('method-not-allowed', {
        status: response.statusCode,
        headers: response.headers,
        text: response.body,
      })
      assert.equal(response.headers.allow, 'GET, HEAD', `${method} ${url}`)
    }
  }
})

test('what a service may ignore, it ignores', async (t) => {
  const base = await (await service(t)).listen()
  const ignored: Array<[what: string, bytes: string]> = [
    [
      'an upgrade to a websocket',
      request(GET, 'Upgrade: websocket', 'Sec-WebSocket-Key: x').replace(
        'Connection: close',
        'Connection: upgrade, close',
      ),
    ],
    [
      'an upgrade to HTTP/2',
      request(GET, 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA').replace(
        'Connection: close',
        'Connection: upgrade, close',
      ),
    ],
    ['an expectation that nobody knows', request(GET, 'Expect: tea')],
    ['a body of GET', `${request(GET, ...BODY)}{bad}`],
    ['a trailing slash', request('GET /health/live/')],
    ['an absolute target', request('GET http://elsewhere/health/live')],
    ['HTTP/1.0 without a Host', 'GET /health/live HTTP/1.0\r\n\r\n'],
    ['an empty Accept', request(GET, 'Accept: ')],
    ['a version that is asked for', request(GET, 'Accept-Version: 3.x')],
  ]
  for (const [what, bytes] of ignored) {
    const { status, body } = await rawOnce(base, bytes)
    assert.deepEqual({ what, status, body }, { what, status: 200, body: '{"status":"ok"}' })
  }
})

test('Expect: 100-continue is told to go on, then answered', async (t) => {
  const base = await (await service(t)).listen()
  const [first, second] = await raw(base, `${request('POST /trees', 'Expect: 100-continue', 'Content-Length: 5')}hello`)
  assert.equal(first?.status, 100)
  assertProblem('method-not-allowed', { status: second!.status, headers: second!.headers, text: second!.body })
})

test('two requests on one connection are answered in turn, a mistake among them too', async (t) => {
  const base = await (await service(t)).listen()
  const open = 'GET /health/live HTTP/1.1\r\nHost: here\r\n\r\n'
  const answers = await raw(base, `${open}${request('GET /nowhere')}`)
  assert.deepEqual(
    answers.map(({ status }) => status),
    [200, 404],
  )
})

/** What is no request of this service, and what answers it. */
const noRequest: Array<[what: string, bytes: string, problem: ProblemName]> = [
  ['nonsense', 'nonsense\r\n\r\n', 'bad-request'],
  [
    'a header that is too large',
    `GET /jobs HTTP/1.1\r\nHost: here\r\nX: ${'a'.repeat(60_000)}\r\n\r\n`,
    'headers-too-large',
  ],
  ['half a request', 'GET /jobs HTTP/1.1\r\nHost: he', 'request-timeout'],
]

test('what is no request is answered after the requests that the connection sent before, and not in their place', async (t) => {
  const { listen, pool } = await service(t, { limits: { ...generous, request: 1000 } })
  const base = await listen()
  const large = await addLargeTree(pool)
  for (const [what, bytes, problem] of noRequest) {
    const letGo = await lockJobs(t, pool)
    const asked = ['/health/live', '/jobs', '/nowhere', `${large}?format=ndjson`, '/health/live']
    const answered = received(
      t,
      base,
      asked.map((path) => `GET ${path} HTTP/1.1\r\nHost: here\r\n\r\n`).join('') + bytes,
    )
    await until('the first is answered', () => answered.text().includes('"status":"ok"'))
    letGo()
    await until('the connection is closed', () => answered.ended())
    const statuses = Array.from(answered.text().matchAll(/HTTP\/1\.1 (\d+)/g), ([, status]) => Number(status))
    assert.deepEqual(statuses, [200, 200, 404, 200, 200, problems[problem].status], what)
  }
})

test('a CONNECT behind requests that are not answered ends the connection, and they give up their places', async (t) => {
  const { app, listen, pool } = await service(t, { limits: { ...generous, heavy: 2, wait: 0 } })
  const base = await listen()
  const tree = await addLargeTree(pool)
  const letGo = await lockJobs(t, pool)
  let came = 0
  app.server.on('request', () => (came += 1))
  const gone = received(
    t,
    base,
    `GET ${tree} HTTP/1.1\r\nHost: here\r\n\r\n`.repeat(5) + 'CONNECT x:1 HTTP/1.1\r\nHost: x:1\r\n\r\n',
  )
  await until('the connection is closed', () => gone.ended())
  assert.equal(came, 5)
  assert.equal(gone.text(), '')
  letGo()
  await until('a place is free', async () => (await fetch(base + tree)).status === 200)
})

/** Keeps every reader of jobs waiting until it is let go. */
async function lockJobs(t: TestContext, pool: pg.Pool): Promise<() => void> {
  const client = await pool.connect()
  await client.query('begin; lock table job_executions in access exclusive mode')
  let held = true
  const letGo = (): void => {
    if (held) client.release(true)
    held = false
  }
  onTeardown(t, letGo)
  return letGo
}

/** What comes on a bare connection after these bytes were sent on it. */
function received(t: TestContext, base: string, bytes: string) {
  const { hostname, port } = new URL(base)
  const socket = connect(Number(port), hostname, () => socket.write(bytes))
  onTeardown(t, () => socket.destroy())
  socket.on('error', () => undefined)
  const chunks: Buffer[] = []
  socket.on('data', (chunk: Buffer) => chunks.push(chunk))
  return { text: () => Buffer.concat(chunks).toString(), ended: () => socket.destroyed }
}

test('a request that does not arrive in time is answered with 408', async (t) => {
  const { listen } = await service(t, { limits: { ...generous, request: 300 } })
  const base = await listen()
  for (const bytes of ['GET /trees HTTP/1.1\r\nHost: here\r\n', 'G']) {
    const { status, headers, body } = await rawOnce(base, bytes)
    assertProblem('request-timeout', { status, headers, text: body })
  }
})

test('who sends nonsense and never hangs up is hung up on', async (t) => {
  const { app, listen } = await service(t)
  const { hostname, port } = new URL(await listen())
  for (const bytes of ['nonsense\r\n\r\n', 'CONNECT x:1 HTTP/1.1\r\nHost: x:1\r\n\r\n']) {
    const socket = connect({ port: Number(port), host: hostname, allowHalfOpen: true }, () => socket.write(bytes))
    onTeardown(t, () => socket.destroy())
    socket.on('error', () => undefined)
    const [answer] = (await once(socket, 'data', { signal: AbortSignal.timeout(patience(10_000)) })) as [Buffer]
    assert.match(answer.toString(), /^HTTP\/1.1 4/)
    await until(
      'no connection is left',
      async () => (await promisify(app.server.getConnections.bind(app.server))()) === 0,
    )
  }
})

test('who sends on after a refusal still gets the answer', async (t) => {
  const base = await (await service(t)).listen()
  const { status } = await rawOnce(base, request(GET, `X: ${'a'.repeat(4_000_000)}`))
  assert.equal(status, 431)
})

test('HEAD answers the headers of GET without a body', async (t) => {
  const { listen, pool } = await service(t)
  const base = await listen()
  const ids = await addExample(pool)
  // Lines and texts are sent as they are made, so that nobody knows their length before.
  const whole = samples
    .filter(({ path, streamed }) => !streamed && !path.includes('format=text'))
    .map(({ path }) => filled(path, ids))
  for (const path of [...whole, ...documentation, '/trees/x', '/nowhere']) {
    const [get, head] = await Promise.all(
      ['GET', 'HEAD'].map((method) => fetch(base + path, { method, headers: { 'accept-encoding': 'identity' } })),
    )
    assert.equal(head?.status, get?.status, path)
    assert.equal(await head?.text(), '', path)
    for (const name of ['content-type', 'content-length'])
      assert.equal(head?.headers.get(name), get?.headers.get(name), path)
    assert.ok(Number(head?.headers.get('content-length')) > 0, path)
  }
})
