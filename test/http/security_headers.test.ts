import assert from 'node:assert/strict'
import test from 'node:test'
import { createLog } from '../../src/log.ts'
import { openPage } from '../support/browser.ts'
import { addExample, documentation, filled, samples } from '../support/endpoints.ts'
import { apiKeys, bearer } from '../support/keys.ts'
import { assertProblem } from '../support/problem.ts'
import { raw, rawOnce, request } from '../support/raw.ts'
import { addInvocation } from '../support/rows.ts'
import { generous, service } from '../support/service.ts'
import { until } from '../support/until.ts'

test('so many requests a minute, told by the RateLimit headers; the next is 429 with Retry-After, health is not counted', async (t) => {
  const { get } = await service(t, { limits: { ...generous, rate: 3 } })
  for (const left of ['2', '1', '0']) {
    const { status, headers } = await get('/invocations')
    assert.deepEqual(
      [status, String(headers['ratelimit-limit']), String(headers['ratelimit-remaining'])],
      [200, '3', left],
    )
    assert.match(String(headers['ratelimit-reset']), /^([1-9]|[1-5]\d|60)$/)
  }
  const refused = await get('/trees')
  assert.match(
    assertProblem('too-many-requests', refused).detail,
    /^More than 3 requests in a minute; the next may come in \d+ s$/,
  )
  assert.match(String(refused.headers['retry-after']), /^([1-9]|[1-5]\d|60)$/)
  assert.equal(String(refused.headers['ratelimit-remaining']), '0')
  assert.deepEqual([(await get('/health/live')).status, (await get('/health/ready')).status], [200, 200])
})

test('each address is counted for itself, all of an IPv6 network as one; and without a limit nobody is', async (t) => {
  const { app } = await service(t, { limits: { ...generous, rate: 1 } })
  const status = async (remoteAddress: string) => (await app.inject({ url: '/jobs', remoteAddress })).statusCode
  assert.deepEqual(
    [await status('10.0.0.1'), await status('10.0.0.2'), await status('10.0.0.1'), await status('::ffff:10.0.0.2')],
    [200, 200, 429, 429],
  )
  assert.deepEqual(
    [await status('2001:db8::1'), await status('2001:db8:0:1::1'), await status('2001:db8::ffff')],
    [200, 200, 429],
  )
  const { get } = await service(t)
  const { headers } = await get('/jobs')
  assert.equal(headers['ratelimit-limit'], undefined)
})

test('what is refused counts too: wrong keys, unknown paths and wrong methods; who shows a right key has a count of their own', async (t) => {
  const { keys, shown } = apiKeys({ name: 'dashboards', scopes: ['read'] })
  const { app } = await service(t, {
    limits: { ...generous, rate: 3 },
    credentials: { keys, keysFile: undefined, tokens: undefined },
  })
  const status = async (url: string, headers = {}, method: 'GET' | 'POST' = 'GET') =>
    (await app.inject({ url, headers, method })).statusCode
  assert.deepEqual(
    [
      await status('/jobs'),
      await status('/jobs', bearer('edo_wrong')),
      await status('/jobs', { authorization: 'Basic eDp5' }),
      await status('/jobs', bearer('edo_wrong')),
    ],
    [401, 401, 401, 429],
  )
  const right = bearer(shown[0] ?? '')
  assert.deepEqual(
    [
      await status('/jobs', right),
      await status('/nowhere', right),
      await status('/jobs', right, 'POST'),
      await status('/jobs', right),
    ],
    [200, 404, 405, 429],
  )
})

test('X-Forwarded-For is believed where a trusted proxy says it, and nowhere else', async (t) => {
  const ask = async (proxies: string[], remoteAddress: string, ...clients: string[]) => {
    const { app } = await service(t, { proxies, limits: { ...generous, rate: 1 } })
    const answers: number[] = []
    for (const client of clients)
      answers.push(
        (
          await app.inject({
            url: '/jobs',
            remoteAddress,
            headers: { 'x-forwarded-for': client, 'x-forwarded-host': 'elsewhere.example' },
          })
        ).statusCode,
      )
    return answers
  }
  assert.deepEqual(await ask(['10.0.0.0/8'], '10.1.2.3', '192.0.2.1', '192.0.2.2', '192.0.2.1'), [200, 200, 429])
  assert.deepEqual(
    await ask(['10.0.0.0/8'], '10.1.2.3', '192.0.2.1, 10.9.9.9', '192.0.2.7, 192.0.2.1'),
    [200, 429],
    'what a client writes in front of its own address says nothing',
  )
  assert.deepEqual(await ask(['10.0.0.0/8'], '172.16.0.1', '192.0.2.1', '192.0.2.2'), [200, 429])
  assert.deepEqual(await ask([], '10.1.2.3', '192.0.2.1', '192.0.2.2'), [200, 429])
  assert.deepEqual(
    await ask(['10.0.0.0/8'], '10.1.2.3', '192.0.2.1:5555', '192.0.2.1:5556', '[2001:db8::1]:80', '2001:db8::2'),
    [200, 429, 200, 429],
    'with or without a port',
  )
  assert.deepEqual(
    await ask(['10.0.0.0/8'], '10.1.2.3', 'junk', 'rubbish', '::g'),
    [200, 429, 429],
    'what is no address counts for the proxy',
  )
})

test('pages of other origins may read nothing unless their origin is listed', async (t) => {
  const { app } = await service(t)
  for (const method of ['GET', 'OPTIONS'] as const) {
    const { headers } = await app.inject({
      method,
      url: '/jobs',
      headers: { origin: 'https://dashboards.example', 'access-control-request-method': 'GET' },
    })
    assert.deepEqual(
      Object.keys(headers).filter((name) => name.startsWith('access-control')),
      [],
      method,
    )
  }
})

test('a listed origin may read answers and errors, and send a key; another may not', async (t) => {
  const { app, pool } = await service(t, { origins: ['https://dashboards.example', 'http://localhost:8080'] })
  const ids = await addExample(pool)
  const ask = (method: 'GET' | 'OPTIONS', url: string, origin: string) =>
    app.inject({
      method,
      url,
      headers: { origin, 'access-control-request-method': 'GET', 'access-control-request-headers': 'authorization' },
    })
  for (const url of [...samples.map(({ path }) => filled(path, ids)), '/nowhere', '/jobs?limit=0']) {
    const { headers } = await ask('GET', url, 'https://dashboards.example')
    assert.equal(headers['access-control-allow-origin'], 'https://dashboards.example', url)
    assert.match(String(headers['access-control-expose-headers']), /ETag, Link, Retry-After/)
    assert.match(String(headers.vary), /\bOrigin\b/)
    assert.match(String(headers.vary), /\bauthorization\b/)
    assert.equal(
      (await ask('GET', url, 'https://elsewhere.example')).headers['access-control-allow-origin'],
      undefined,
      url,
    )
  }
  const preflight = await ask('OPTIONS', '/trees', 'http://localhost:8080')
  assert.equal(preflight.statusCode, 204)
  assert.match(String(preflight.headers['access-control-allow-headers']), /Authorization/)
  assert.equal(preflight.headers['access-control-allow-methods'], 'GET, HEAD')
})

test('a page of a listed origin may read a refusal for want of room, and when to ask again; its preflight is answered', async (t) => {
  const { app } = await service(t, { origins: ['https://dashboards.example'], limits: { ...generous, memory: 1 } })
  const ask = (method: 'GET' | 'OPTIONS') =>
    app.inject({
      method,
      url: '/jobs',
      headers: { origin: 'https://dashboards.example', 'access-control-request-method': 'GET' },
    })
  const { headers } = await until('a request is refused', async () => {
    const answer = await ask('GET')
    return answer.statusCode === 503 ? answer : undefined
  })
  assert.equal(headers['access-control-allow-origin'], 'https://dashboards.example')
  assert.match(String(headers['access-control-expose-headers']), /Retry-After/)
  assert.equal((await ask('OPTIONS')).statusCode, 204)
})

test('an OPTIONS that is no preflight is answered without a body, whether origins are listed or not', async (t) => {
  const { app } = await service(t, { origins: ['https://dashboards.example'] })
  const { statusCode, body } = await app.inject({ method: 'OPTIONS', url: '/jobs' })
  assert.deepEqual([statusCode, body], [204, ''])
})

test('every answer carries the security headers, errors among them', async (t) => {
  const { get, pool } = await service(t)
  const ids = await addExample(pool)
  for (const path of [...samples.map(({ path }) => filled(path, ids)), ...documentation, '/jobs?limit=0', '/nowhere']) {
    const { headers } = await get(path)
    assert.match(String(headers['content-security-policy']), /default-src 'none'.*frame-ancestors 'none'/, path)
    assert.deepEqual(
      [headers['x-content-type-options'], headers['x-frame-options'], headers['referrer-policy']],
      ['nosniff', 'DENY', 'no-referrer'],
      path,
    )
    assert.equal(headers['strict-transport-security'], undefined)
    assert.equal(headers['x-powered-by'], undefined)
    assert.equal(headers['server'], undefined)
  }
})

for (const path of ['/', '/docs/']) {
  test(`${path} needs nothing that its security policy forbids`, async (t) => {
    const { listen, pool } = await service(t)
    await addInvocation(pool)
    const base = await listen()
    const { page, abroad, errors } = await openPage(t)
    const said: string[] = []
    page.on('console', (message) => said.push(message.text()))
    await page.goto(base + path)
    await page
      .getByText(path === '/' ? 'Which jobs triggered' : 'Whole executions')
      .first()
      .waitFor()
    assert.deepEqual(
      { abroad, errors, refused: said.filter((text) => /content security policy|refused/i.test(text)) },
      { abroad: [], errors: [], refused: [] },
    )
    const background = await page
      .locator('body')
      .evaluate((body) => JSON.stringify([body.ownerDocument.styleSheets.length > 0]))
    assert.equal(background, '[true]', 'it has its styles')
  })
}

test('a body that is large, or does not say how large it is, is 413 and not read: the connection is closed', async (t) => {
  const base = await (await service(t)).listen()
  for (const line of ['Content-Length: 1025', 'Content-Length: 99999999999', 'Transfer-Encoding: chunked']) {
    const { status, headers, body } = await rawOnce(base, request('GET /jobs', line))
    assert.match(assertProblem('content-too-large', { status, headers, text: body }).detail, /up to 1024 bytes/, line)
    assert.equal(headers['connection'], 'close', line)
  }
  const [small] = await raw(base, `${request('GET /health/live', 'Content-Length: 1024')}${'x'.repeat(1024)}`)
  assert.equal(small?.status, 200)
})

test('nothing that is sent makes a line of the log, or a field of one', async (t) => {
  const text: string[] = []
  const { listen } = await service(t, { log: createLog('trace', false, { write: (line) => text.push(line) }) })
  const base = await listen()
  const evil = [
    'a\tb',
    'a","level":60,"msg":"forged',
    '\u001b[31mred',
    'a\\nb',
    '{"level":60}',
    '\u2028forged',
    'x'.repeat(129),
  ]
  const encoded = [
    '%0a%7B%22level%22%3A60%2C%22msg%22%3A%22forged%22%7D',
    '%0d%0aforged',
    '%1b%5b31m',
    '%e2%80%a8forged',
    '%00',
  ]
  const bytes = [
    ...evil.map((id) => request('GET /jobs', `X-Request-Id: ${id}`, `User-Agent: ${id}`, `Accept: ${id}`)),
    ...encoded.flatMap((part) =>
      [`GET /jobs?status=${part}`, `GET /jobs?${part}=1`, `GET /trees/${part}`, `GET /${part}`].map((line) =>
        request(line),
      ),
    ),
    'GET /jobs HTTP/1.1\r\nHost: here\r\nX-Request-Id: a\nforged: b\r\n\r\n',
    'FORGED {"level":60,"msg":"forged"} HTTP/1.1\r\n\r\n',
  ]
  for (const each of bytes) assert.ok((await raw(base, each)).length > 0, each)
  await until('all are logged', () => text.filter((line) => line.includes('"msg":"request"')).length >= bytes.length)
  for (const line of text) {
    assert.match(line, /^\{.*\}\n$/, line)
    assert.doesNotMatch(line.slice(0, -1), /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u)
    const { level, msg, requestId } = JSON.parse(line) as { level: number; msg: string; requestId?: string }
    assert.ok(level < 50, line)
    assert.notEqual(msg, 'forged')
    if (requestId !== undefined) assert.match(requestId, /^[\w.:-]{1,128}$/)
  }
})
