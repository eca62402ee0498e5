import assert from 'node:assert/strict'
import { createHmac, createPublicKey } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import test, { type TestContext } from 'node:test'
import type { JWK } from 'jose'
import { issuerKeys } from '../../src/http/identity/issuer-keys.ts'
import { tokenReader } from '../../src/http/identity/tokens.ts'
import { clock, jwks, trusting } from '../support/issuer.ts'
import { apiKeys, AUDIENCE, bearer, claims, ISSUER, now, signer } from '../support/keys.ts'
import { assertProblem } from '../support/problem.ts'
import { generous, service } from '../support/service.ts'
import { onTeardown } from '../support/teardown.ts'
import { until } from '../support/until.ts'

test('a token is taken for the scopes in scope or scp', async (t) => {
  const issuer = signer()
  const { get } = await service(t, trusting({ pem: issuer.pem }))
  const read = tokenReader({ issuer: ISSUER, audience: AUDIENCE }, async () => createPublicKey(issuer.pem))
  const cases: Array<[changed: Record<string, unknown>, scopes: string[]]> = [
    [{ scope: 'openid read' }, ['read']],
    [{ scope: undefined, scp: ['read', 'read:payload', 'write'] }, ['read', 'read:payload']],
    [{ scope: undefined, scp: 'metrics read' }, ['metrics', 'read']],
    [{ scope: 'read', scp: ['metrics'], aud: ['elsewhere', AUDIENCE] }, ['read', 'metrics']],
    [{ exp: now() - 5 }, ['read']],
  ]
  for (const [changed, scopes] of cases) {
    const token = await issuer.sign(claims(changed))
    const { name, scopes: granted } = await read(token)
    assert.deepEqual([name, ...granted], ['token:ada', ...scopes])
    assert.equal((await get('/jobs', bearer(token))).status, 200)
  }
  for (const scope of [undefined, '', 'reader', 'READ', ['read'], 7, { read: true }]) {
    const answer = await get('/jobs', bearer(await issuer.sign(claims({ scope, scp: { read: true } }))))
    if (Array.isArray(scope)) assert.equal(answer.status, 200)
    else assertProblem('forbidden', answer)
  }
})

test('a token that is wrong in anything is 401, and the answer says what', async (t) => {
  const [issuer, stranger] = [signer(), signer()]
  const { get } = await service(t, trusting({ pem: issuer.pem }))
  const good = await issuer.sign(claims())
  assert.equal((await get('/jobs', bearer(good))).status, 200)
  const [header = '', payload = '', signature = ''] = good.split('.')
  const none = Buffer.from('{"alg":"none"}').toString('base64url')
  const hs256 = Buffer.from('{"alg":"HS256"}').toString('base64url')
  const confused = `${hs256}.${payload}.${createHmac('sha256', issuer.pem).update(`${hs256}.${payload}`).digest('base64url')}`
  const forged = Buffer.from(JSON.stringify(claims({ scope: 'read read:payload' }))).toString('base64url')
  const wrong: Array<[token: string, why: RegExp]> = [
    [await stranger.sign(claims()), /not one that this service takes/],
    [`${header}.${forged}.${signature}`, /not one that/],
    [`${header}.${payload}.`, /not of the form|not one that/],
    [`${none}.${payload}.x`, /not signed with one of RS256/],
    [confused, /not signed with one of RS256/],
    ['a.b.c', /not one that/],
    [await issuer.sign(claims({ iss: 'https://other.example/' })), /The claim iss /],
    [await issuer.sign(claims({ iss: undefined })), /The claim iss /],
    [await issuer.sign(claims({ aud: 'another-service' })), /The claim aud /],
    [await issuer.sign(claims({ aud: undefined })), /The claim aud /],
    [await issuer.sign(claims({ exp: now() - 60 })), /has expired/],
    [await issuer.sign(claims({ exp: undefined })), /The claim exp /],
    [await issuer.sign(claims({ nbf: now() + 3600 })), /The claim nbf /],
    [await issuer.sign(claims({ sub: undefined })), /The claim sub /],
    [await issuer.sign(claims({ sub: '' })), /The claim sub /],
    [await issuer.sign(claims({ sub: 7 })), /The claim sub /],
    [await issuer.sign(claims({ sub: { a: 1 } })), /The claim sub /],
  ]
  for (const [token, why] of wrong) {
    const answer = await get('/jobs', bearer(token))
    assert.match(assertProblem('unauthenticated', answer).detail, why, token)
    assert.match(
      String(answer.headers['www-authenticate']),
      /^Bearer realm="[^"]*", error="invalid_token", error_description="[^"]+"$/,
    )
  }
})

test('the keys of a JWKS are fetched once, for many tokens', async (t) => {
  const [one, two, stranger] = [signer(), signer(), signer()]
  const source = await jwks(t, { status: 200, body: { keys: [await one.jwk('one'), await two.jwk('two')] } })
  const { get } = await service(t, trusting({ url: source.url }))
  for (const token of [
    await one.sign(claims(), 'one'),
    await two.sign(claims(), 'two'),
    await one.sign(claims(), 'one'),
  ])
    assert.equal((await get('/jobs', bearer(token))).status, 200)
  assert.match(
    assertProblem('unauthenticated', await get('/jobs', bearer(await stranger.sign(claims(), 'three')))).detail,
    /its issuer does not list/,
  )
  assertProblem('unauthenticated', await get('/jobs', bearer(await stranger.sign(claims(), 'one'))))
  assertProblem('unauthenticated', await get('/jobs', bearer(await one.sign(claims()))))
  assert.equal(source.asked.times, 1, 'a name that nobody knows does not make it ask again at once')
})

test('a JWKS that cannot be had is 503 for tokens, not 401, while keys are taken, and mends by itself', async (t) => {
  const issuer = signer()
  const answer: { status: number; body: unknown } = { status: 500, body: {} }
  const source = await jwks(t, answer)
  const {
    keys,
    shown: [key = ''],
  } = apiKeys({ name: 'a', scopes: ['read'] })
  const { get } = await service(t, trusting({ url: source.url }, { keys }))
  const token = bearer(await issuer.sign(claims(), 'one'))
  const right: { keys: JWK[] } = { keys: [await issuer.jwk('one')] }
  const pass = clock(t)
  for (const [status, body] of [
    [500, right],
    [302, right],
    [200, 'no JWKS'],
    [200, { keys: 7 }],
  ] as const) {
    Object.assign(answer, { status, body })
    const asked = source.asked.times
    const refused = await get('/jobs', token)
    assert.equal(source.asked.times, asked + 1)
    assert.equal(
      assertProblem('unavailable', refused).detail,
      'The keys that tokens are checked against cannot be fetched',
    )
    assert.equal((await get('/jobs', bearer(key))).status, 200)
    assertProblem('unauthenticated', await get('/jobs', bearer('no-token')))
    pass(30_000)
  }
  Object.assign(answer, { status: 200, body: right })
  assert.equal((await get('/jobs', token)).status, 200)
  await source.stop()
  assert.equal((await get('/jobs', token)).status, 200, 'what was fetched is kept')
})

/** An address of keys that answers nothing until it is let; `asked` counts. */
async function held(t: TestContext, body: unknown) {
  const waiting: ServerResponse[] = []
  const server = createServer((_request, response) => void waiting.push(response)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTeardown(t, () => {
    server.closeAllConnections()
    server.close()
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    asked: () => waiting.length,
    let: () =>
      waiting.forEach((response) =>
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body)),
      ),
  }
}

test('all tokens that come during the first fetch of a JWKS wait for it together, and keys are taken meanwhile', async (t) => {
  const issuer = signer()
  const source = await held(t, { keys: [await issuer.jwk('one')] })
  const {
    keys,
    shown: [key = ''],
  } = apiKeys({ name: 'a', scopes: ['read'] })
  const { app, get } = await service(t, {
    ...trusting({ url: source.url }, { keys }),
    limits: { ...generous, concurrent: 10 },
  })
  let arrived = 0
  app.server.on('request', () => (arrived += 1))
  const base = await app.listen({ host: '127.0.0.1', port: 0 })
  const token = bearer(await issuer.sign(claims(), 'one'))
  // One connection for each: the rest of the test must not wait for a free one.
  const answers = Array.from({ length: 40 }, async () => (await fetch(`${base}/jobs`, { headers: token })).status)
  await until('all have come', () => arrived === 40 && source.asked() === 1)
  assert.equal((await get('/jobs', bearer(key))).status, 200)
  source.let()
  assert.deepEqual(new Set(await Promise.all(answers)), new Set([200]))
  assert.equal(source.asked(), 1)
})

test('so many wait for one fetch of a JWKS at most, and the next is told so', async (t) => {
  const issuer = signer()
  const source = await held(t, { keys: [await issuer.jwk('one')] })
  const { find } = issuerKeys({ keys: { url: source.url } }, 0, { info: () => undefined, warn: () => undefined })
  const token = { payload: '', signature: '' }
  const waiting = Array.from({ length: 1000 }, async () => find({ alg: 'ES256', kid: 'one' }, token))
  await assert.rejects(async () => find({ alg: 'ES256', kid: 'one' }, token), {
    problem: 'unavailable',
    message:
      '1000 requests wait for the keys that tokens are checked against, which are being fetched, and no more may',
  })
  await until('it is asked', () => source.asked() === 1)
  source.let()
  assert.equal((await Promise.all(waiting)).length, 1000)
  assert.equal(source.asked(), 1)
})
