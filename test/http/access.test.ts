import assert from 'node:assert/strict'
import test from 'node:test'
import type { Credentials } from '../../src/access/credentials.ts'
import { documentation, filled, samples } from '../support/endpoints.ts'
import { apiKeys, bearer } from '../support/keys.ts'
import { assertProblem } from '../support/problem.ts'
import { service } from '../support/service.ts'

/** What is open to all without a key. */
const openOperations = new Set(['isLive', 'isReady'])
const pathsOf = (open: boolean): string[] =>
  samples.filter(({ endpoint }) => openOperations.has(endpoint.id) === open).map(({ path }) => filled(path))
const open = [...pathsOf(true), ...documentation]
const guarded = pathsOf(false)

const withKeys = (keys: Credentials['keys']): { credentials: Credentials } => ({
  credentials: { keys, keysFile: undefined, tokens: undefined },
})

test('with keys, the documentation and health are open to all, and nothing else is', async (t) => {
  const {
    keys,
    shown: [key = ''],
  } = apiKeys({ name: 'reader', scopes: ['read'] })
  const { get, app } = await service(t, withKeys(keys))
  for (const path of open) assert.ok([200, 302].includes((await app.inject(path)).statusCode), path)
  for (const path of [...guarded, '/nowhere', '/jobs?limit=0', '/%2564ocs', '/docsx', '/health']) {
    const answer = await get(path)
    const { detail } = assertProblem('unauthenticated', answer)
    assert.equal(detail, 'A key or token is needed, as Authorization: Bearer …')
    assert.equal(answer.headers['www-authenticate'], 'Bearer realm="event-detector-observability"', path)
    assert.match(String(answer.headers['cache-control']), /no-cache/)
    assert.equal((await app.inject({ url: path, method: 'HEAD' })).statusCode, 401)
    assert.equal((await app.inject({ url: path, method: 'POST' })).statusCode, 401)
  }
  for (const path of guarded) assert.ok([200, 404].includes((await get(path, bearer(key))).status), path)
  assert.equal((await get('/jobs?limit=0', bearer(key))).status, 400)
  assert.equal((await app.inject({ url: '/health/live', method: 'POST' })).statusCode, 405)
})

test('a key is taken whole, as a Bearer, and until it expires', async (t) => {
  const past = '2026-01-01T00:00:00Z'
  const {
    keys,
    shown: [key = '', other = '', old = ''],
  } = apiKeys(
    { name: 'a', scopes: ['read'] },
    { name: 'b', scopes: ['read'], expires: '9999-01-01T00:00:00Z' },
    { name: 'old', scopes: ['read'], expires: past },
  )
  const { get } = await service(t, withKeys(keys))
  for (const header of [`Bearer ${key}`, `bearer ${key}`, `Bearer   ${key} `, `Bearer ${other}`])
    assert.equal((await get('/jobs', { authorization: header })).status, 200, header)
  const wrong: Array<[header: string, why: RegExp]> = [
    [`Bearer ${key}x`, /not one that this service takes/],
    [`Bearer ${key.slice(0, -1)}`, /not one that/],
    [`Bearer ${keys[0]!.hash.toString('hex')}`, /not one that/],
    [`Bearer sha256:${keys[0]!.hash.toString('hex')}`, /not of the form/],
    [`Bearer ${old}`, /The key old expired at 2026-01-01T00:00:00\.000000Z/],
    ['Bearer a.b.c', /not one that/],
    ['', /not of the form/],
    ['Bearer', /not of the form/],
    [key, /not of the form/],
    [`Basic ${Buffer.from(`a:${key}`).toString('base64')}`, /not of the form/],
    [`Bearer ${key}, Bearer ${key}`, /not of the form/],
  ]
  for (const [header, why] of wrong) {
    const answer = await get('/jobs', { authorization: header })
    const { detail } = assertProblem('unauthenticated', answer)
    assert.match(detail, why, header)
    assert.equal(
      answer.headers['www-authenticate'],
      `Bearer realm="event-detector-observability", error="invalid_token", error_description="${detail}"`,
    )
  }
  assert.equal((await get(`/jobs?access_token=${key}`)).status, 401)
})

test('a key without the scope of a resource is 403, which names the scope', async (t) => {
  const {
    keys,
    shown: [key = ''],
  } = apiKeys({ name: 'scraper', scopes: ['metrics', 'read:payload'] })
  const { get } = await service(t, withKeys(keys))
  const answer = await get('/jobs', bearer(key))
  assert.equal(
    assertProblem('forbidden', answer).detail,
    'This resource needs the scope read; with what was shown the scopes are: metrics, read:payload',
  )
  assert.equal(
    answer.headers['www-authenticate'],
    'Bearer realm="event-detector-observability", error="insufficient_scope", scope="read"',
  )
})

test('keys that are replaced count from the next request on', async (t) => {
  const before = apiKeys({ name: 'before', scopes: ['read'] })
  const after = apiKeys({ name: 'after', scopes: ['read'] })
  const deps = withKeys(before.keys)
  const { get } = await service(t, deps)
  assert.equal((await get('/jobs', bearer(before.shown[0]!))).status, 200)
  deps.credentials.keys = after.keys
  assert.equal((await get('/jobs', bearer(before.shown[0]!))).status, 401)
  assert.equal((await get('/jobs', bearer(after.shown[0]!))).status, 200)
})

test('without keys only names of this machine are answered', async (t) => {
  const { get, app } = await service(t, { loopbackNamesOnly: true })
  for (const host of [
    'localhost',
    'LOCALHOST:3000',
    '127.0.0.1',
    '127.0.0.1:65535',
    '127.9.8.7:80',
    '[::1]',
    '[::1]:3000',
  ])
    assert.equal((await get('/jobs', { host })).status, 200, host)
  for (const host of [
    'evil.example',
    'localhost.evil.example:3000',
    '127.0.0.1.evil.example',
    'evil.example:127.0.0.1',
    'localhost:80:80x',
    '0.0.0.0:3000',
    '10.0.0.1',
    '[::]:3000',
    'xlocalhost',
    'localhost@evil',
    '128.0.0.1',
    '127.999.0.1',
    ':3000',
  ]) {
    const { detail } = assertProblem('forbidden', await get('/jobs', { host }))
    assert.match(detail, /localhost, 127\.0\.0\.0\/8 or \[::1\]/, host)
    assert.equal((await get('/', { host })).status, 403)
    assert.equal((await app.inject({ url: '/health/live', headers: { host } })).statusCode, 200)
  }
})

test('without keys nothing is answered that came through a proxy, which may stand on this machine and use its name', async (t) => {
  const { get, app } = await service(t, { loopbackNamesOnly: true })
  const added = [
    'x-forwarded-for',
    'forwarded',
    'via',
    'x-real-ip',
    'x-forwarded-host',
    'x-forwarded-proto',
    'x-forwarded-server',
    'x-original-forwarded-for',
    'x-original-host',
    'cdn-loop',
    'cf-connecting-ip',
    'cf-connecting-ipv6',
    'true-client-ip',
    'x-client-ip',
    'client-ip',
    'x-cluster-client-ip',
    'fastly-client-ip',
    'fly-client-ip',
    'x-azure-clientip',
    'x-azure-socketip',
    'x-nf-client-connection-ip',
    'x-appengine-user-ip',
    'x-appengine-remote-addr',
    'x-remote-ip',
    'x-envoy-external-address',
    'x-envoy-expected-rq-timeout-ms',
    'x-varnish',
    'front-end-https',
    'x-original-for',
    'x-original-url',
    'x-original-proto',
    'x-rewrite-url',
    'proxy-via',
    'proxy-connection',
    'x-via',
    'x-bluecoat-via',
    'surrogate-capability',
    'x-forwarded-anything',
    'x-forward-for',
    'cf-ray',
    'cf-visitor',
    'cloudfront-viewer-address',
    'fastly-ssl',
    'fly-region',
    'akamai-origin-hop',
    'x-azure-ref',
    'x-fd-healthprobe',
    'x-amzn-tls-version',
    'x-amz-cf-id',
    'x-proxyuser-ip',
    'x-proxy-user',
    'wl-proxy-client-ip',
    'x-arr-ssl',
    'x-vercel-id',
    'x-request-start',
    'x-originating-ip',
    'X-FORWARDED-FOR',
  ]
  for (const header of added) {
    const headers = { host: '127.0.0.1:3000', [header]: 'for=192.0.2.1' }
    const { detail } = assertProblem('forbidden', await get('/jobs', headers))
    assert.equal(
      detail,
      `Without keys only requests of this machine are answered; this one came through a proxy (${header.toLowerCase()})`,
    )
    assert.equal((await app.inject({ url: '/health/live', headers })).statusCode, 200)
  }
  const own = [
    'accept',
    'accept-language',
    'referer',
    'origin',
    'cookie',
    'x-request-id',
    'traceparent',
    'x-amzn-trace-id',
    'sec-fetch-site',
    'priority',
    'user-agent',
    'upgrade-insecure-requests',
    'connection',
    'x-description',
    'x-zip',
  ]
  const headers = Object.fromEntries(own.map((name) => [name, name === 'accept' ? 'application/json' : 'x']))
  assert.equal(
    (await get('/jobs', { host: '127.0.0.1:3000', ...headers })).status,
    200,
    'what browsers and clients send by themselves',
  )
})

test('with keys any name is answered, and so it is where the service was opened on purpose', async (t) => {
  const {
    keys,
    shown: [key = ''],
  } = apiKeys({ name: 'a', scopes: ['read'] })
  const host = 'observability.example'
  const [locked, opened] = [await service(t, withKeys(keys)), await service(t)]
  assert.equal((await locked.get('/jobs', { host, ...bearer(key) })).status, 200)
  assert.equal((await opened.get('/jobs', { host })).status, 200)
})

test('those who need no key get the scopes that are set, and those alone', async (t) => {
  const { get } = await service(t, { anonymousScopes: ['metrics'] })
  assert.equal(
    assertProblem('forbidden', await get('/jobs')).detail,
    'This resource needs the scope read; without a key the scopes are: metrics',
  )
})

test('the OpenAPI document says of every operation what it needs, and how it refuses', async (t) => {
  const { app } = await service(t)
  const { paths, components } = app.swagger() as unknown as {
    paths: Record<string, { get: { security: unknown; responses: Record<string, { headers?: object }> } }>
    components: { securitySchemes: Record<string, { type: string; scheme: string }> }
  }
  const { type, scheme } = components.securitySchemes['bearer'] ?? assert.fail('no scheme')
  assert.deepEqual([type, scheme], ['http', 'bearer'])
  for (const [
    path,
    {
      get: { security, responses },
    },
  ] of Object.entries(paths)) {
    const refused = ['401', '403'].filter((status) => status in responses)
    if (open.includes(path)) assert.deepEqual([security, refused], [[], []], path)
    else {
      assert.deepEqual([security, refused], [[{ bearer: ['read'] }], ['401', '403']], path)
      assert.ok('www-authenticate' in (responses['401']?.headers ?? {}), path)
    }
  }
})
