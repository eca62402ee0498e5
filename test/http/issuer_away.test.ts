import assert from 'node:assert/strict'
import test from 'node:test'
import { clock, jwks, trusting } from '../support/issuer.ts'
import { apiKeys, bearer, claims, signer } from '../support/keys.ts'
import { memoryLog } from '../support/log.ts'
import { assertProblem } from '../support/problem.ts'
import { service } from '../support/service.ts'
import { until } from '../support/until.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

interface Checks {
  checks: { tokens: { ok: boolean | null; detail: string } }
}

test('while the issuer is away the last keys serve for an hour, unknown ones are 503, fetches back off, and readiness and log say so', async (t) => {
  const [issuer, stranger] = [signer(), signer()]
  const answer = { status: 200, body: { keys: [await issuer.jwk('one')] } }
  const source = await jwks(t, answer)
  const { log, lines } = memoryLog()
  const { get } = await service(t, { ...trusting({ url: source.url }), log })
  const [known, unknown] = [
    bearer(await issuer.sign(claims({ exp: Date.now() + HOUR }), 'one')),
    bearer(await stranger.sign(claims(), 'two')),
  ]
  const pass = clock(t)
  const ready = async () => {
    const {
      status,
      json: {
        checks: { tokens },
      },
    } = await get<Checks>('/health/ready')
    return [status, tokens.ok, tokens.detail]
  }
  assert.equal((await get('/jobs', known)).status, 200)
  assert.deepEqual(await ready(), [200, true, 'The keys of tokens are there'])
  answer.status = 500
  pass(10 * MINUTE)
  for (let times = 0; times < 20; times += 1) assert.equal((await get('/jobs', known)).status, 200)
  assert.match(
    assertProblem('unavailable', await get('/jobs', unknown)).detail,
    /^The keys that tokens are checked against cannot be fetched$/,
  )
  assert.equal(source.asked.times, 2, 'one fetch for all of them')
  assert.deepEqual(await ready(), [
    200,
    true,
    'The keys of tokens cannot be fetched; those of 600 s ago are taken for 3600 s more',
  ])
  assert.equal(
    lines().filter(
      ({ msg }) => msg === 'the keys of tokens cannot be fetched; those of 600 s ago are taken for 3600 s more',
    ).length,
    1,
  )
  for (const [nth, pause] of [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000].entries()) {
    pass(pause - 1)
    assertProblem('unavailable', await get('/jobs', unknown))
    pass(1)
    const refused = await get('/jobs', unknown)
    assert.equal(refused.status, 503)
    assert.equal(refused.headers['retry-after'], String(Math.max(2, Math.min(30, 2 ** (nth + 1)))))
    assert.equal(source.asked.times, 3 + nth, `after ${pause} ms`)
  }
  pass(HOUR)
  assertProblem('unavailable', await get('/jobs', known))
  assert.equal((await ready()).at(-1), 'The keys of tokens cannot be fetched')
  assert.equal((await get('/health/ready')).status, 503)
  answer.status = 200
  pass(MINUTE)
  assert.equal((await get('/jobs', known)).status, 200)
  assertProblem('unauthenticated', await get('/jobs', unknown))
  assert.deepEqual(await ready(), [200, true, 'The keys of tokens are there'])
  assert.equal(lines().filter(({ msg }) => msg === 'the keys of tokens can be fetched again').length, 1)
})

test('who has a key is served without the issuer, so the service stays ready and says what is missing', async (t) => {
  const source = await jwks(t, { status: 500, body: {} })
  const { keys } = apiKeys({ name: 'a', scopes: ['read'] })
  const { get } = await service(t, trusting({ url: source.url }, { keys }))
  const {
    status,
    json: { checks },
  } = await get<Checks>('/health/ready')
  assert.deepEqual([status, checks.tokens], [200, { ok: null, detail: 'The keys of tokens are being fetched' }])
  await until('it is told', async () => (await get<Checks>('/health/ready')).json.checks.tokens.ok === false)
  assert.equal((await get('/health/ready')).status, 200)
})

test('without JWT_STALE_KEYS no key serves beyond its 10 minutes', async (t) => {
  const issuer = signer()
  const answer = { status: 200, body: { keys: [await issuer.jwk('one')] } }
  const source = await jwks(t, answer)
  const { get } = await service(t, { ...trusting({ url: source.url }), staleKeys: 0 })
  const token = bearer(await issuer.sign(claims({ exp: Date.now() + HOUR }), 'one'))
  const pass = clock(t)
  assert.equal((await get('/jobs', token)).status, 200)
  answer.status = 500
  pass(10 * MINUTE - 1)
  assert.equal((await get('/jobs', token)).status, 200)
  pass(1)
  assertProblem('unavailable', await get('/jobs', token))
})

test('a key that its issuer has withdrawn is refused after 10 minutes, also if the clock was set back meanwhile', async (t) => {
  const [old, young] = [signer(), signer()]
  const answer = { status: 200, body: { keys: [await old.jwk('old')] } }
  const source = await jwks(t, answer)
  const { get } = await service(t, trusting({ url: source.url }))
  const tokens = [bearer(await old.sign(claims(), 'old')), bearer(await young.sign(claims(), 'young'))] as const
  const pass = clock(t)
  assert.equal((await get('/jobs', tokens[0])).status, 200)
  answer.body = { keys: [await young.jwk('young')] }
  const date = Date.now()
  t.mock.method(Date, 'now', () => date - HOUR)
  pass(10 * MINUTE)
  assertProblem('unauthenticated', await get('/jobs', tokens[0]))
  assert.equal((await get('/jobs', tokens[1])).status, 200)
})
