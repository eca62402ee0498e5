import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import test from 'node:test'
import { filled, lists, NOBODY as ID, samples } from '../support/endpoints.ts'
import { assertProblem } from '../support/problem.ts'
import { addInvocation } from '../support/rows.ts'
import { service } from '../support/service.ts'

const INSTANT = /RFC 3339 instant with an offset/

/** Requests, and of each wrong parameter its name, what is said to have been given, and what of the sentence that says what is allowed. */
const wrong: Array<[path: string, ...mistakes: Array<[parameter: string, given: unknown, allowed: RegExp]>]> = [
  ['/invocations?limitt=5', ['limitt', '5', /^only these parameters: sourceJobId, .*limit/]],
  [
    '/invocations?constructor=1&__proto__=2&toString=3',
    ['constructor', '1', /only/],
    ['__proto__', '2', /only/],
    ['toString', '3', /only/],
  ],
  ['/invocations?limit=0', ['limit', 0, /^a whole number from 1 to 1000$/]],
  ['/invocations?limit=1001', ['limit', 1001, /from 1 to 1000/]],
  ['/invocations?limit=-1', ['limit', -1, /from 1 to 1000/]],
  ['/invocations?limit=2.5', ['limit', '2.5', /from 1 to 1000/]],
  ['/invocations?limit=ten', ['limit', 'ten', /from 1 to 1000/]],
  ['/invocations?limit=', ['limit', '', /from 1 to 1000/]],
  ['/invocations?limit=1e999', ['limit', 'Infinity', /from 1 to 1000/]],
  ['/invocations?limit=0x10', ['limit', '0x10', /^a whole number from 1 to 1000$/]],
  ['/missing?confidence=1.1', ['confidence', 1.1, /^a number from 0 to 1$/]],
  ['/missing?confidence=1e-1&support=0', ['confidence', '1e-1', /^a number from 0 to 1$/]],
  ['/missing?confidence=half', ['confidence', 'half', /^a number from 0 to 1$/]],
  ['/invocations?limit=%2010', ['limit', ' 10', /from 1 to 1000/]],
  [
    `/trees/${ID}?maxDepth=1e1&maxNodes=%2B5`,
    ['maxDepth', '1e1', /from 0 to 100000/],
    ['maxNodes', '+5', /from 1 to 1000000/],
  ],
  ['/invocations?limit=5&limit=6', ['limit', ['5', '6'], /from 1 to 1000/]],
  ['/invocations?order=up', ['order', 'up', /^one of desc, asc$/]],
  [
    '/invocations?status=done',
    ['status', 'done', /^one of running, completed, failed, timeout, timed_out, skipped; up to 100 values/],
  ],
  ['/invocations?status=failed&status=done', ['status', 'done', /one of/]],
  ['/invocations?status=', ['status', '', /one of/]],
  ['/invocations?root=yes', ['root', 'yes', /^true or false$/]],
  ['/invocations?sourceJobId=junk', ['sourceJobId', 'junk', /^a UUID such as/]],
  [`/invocations?sourceJobId=${ID}0`, ['sourceJobId', `${ID}0`, /a UUID/]],
  [`/invocations?sourceJobId={${ID}}`, ['sourceJobId', `{${ID}}`, /a UUID/]],
  [`/invocations?sourceJobId=urn:uuid:${ID}`, ['sourceJobId', `urn:uuid:${ID}`, /a UUID/]],
  ['/invocations?sourceEventId=%00', ['sourceEventId', '\0', /a UUID/]],
  ['/invocations?correlationId=a%00b', ['correlationId', 'a\0b', /^text of 1 to 1000 characters without NUL/]],
  ['/invocations?correlationId=', ['correlationId', '', /1 to 1000 characters/]],
  [`/invocations?correlationId=${'a'.repeat(1001)}`, ['correlationId', `${'a'.repeat(200)}…`, /1 to 1000 characters/]],
  ['/invocations?sourceFunction=%00', ['sourceFunction', '\0', /without NUL/]],
  [
    `/invocations?${many('sourceFunction', 101)}`,
    ['sourceFunction', ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'], /up to 100 values, repeating the parameter/],
  ],
  ['/invocations?window=6', ['window', '6', /a whole number and a unit/]],
  ['/invocations?window=0h', ['window', '0h', /a whole number and a unit/]],
  ['/invocations?window=-6h', ['window', '-6h', /a whole number and a unit/]],
  ['/invocations?window=6y', ['window', '6y', /a whole number and a unit/]],
  ['/invocations?window=100000w', ['window', '100000w', /a whole number and a unit/]],
  ['/invocations?window=6h&from=2026-01-01T00:00:00Z', ['window', '6h', /left out where from or to is given/]],
  ['/invocations?window=6h&to=2026-01-01T00:00:00Z', ['window', '6h', /left out where from or to is given/]],
  ['/invocations?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z', ['to', '2026-01-01T00:00:00Z', /later than from/]],
  [
    '/invocations?from=2026-01-01T00:00:00Z&to=2026-01-01T01:00:00%2B01:00',
    ['to', '2026-01-01T01:00:00+01:00', /later than from/],
  ],
  [
    '/invocations?from=2026-01-01T00:00:00Z&from=2026-01-02T00:00:00Z',
    ['from', ['2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z'], INSTANT],
  ],
  ['/trees?from=9000-01-01T00:00:00Z', ['from', '9000-01-01T00:00:00Z', /earlier than now/]],
  ['/invocations?cursor=', ['cursor', '', /nextCursor of an earlier page/]],
  ['/invocations?format=xml', ['format', 'xml', /^one of json$/]],
  [
    '/jobs?invocationId=junk&limit=0&x=1',
    ['x', '1', /only these parameters: invocationId, eventExecutionId, name, status/],
    ['invocationId', 'junk', /a UUID/],
    ['limit', 0, /1 to 1000/],
  ],
  [
    '/chains?jobStatus=x&status=completed&status=y&triggeringJob=z',
    ['jobStatus', 'x', /one of/],
    ['status', 'y', /one of/],
  ],
  ['/chains?jobStatus=%00&triggeringJob=%00', ['jobStatus', '\0', /one of/], ['triggeringJob', '\0', /NUL/]],
  ['/trees?status=x&rootFunction=%00', ['status', 'x', /one of/], ['rootFunction', '\0', /NUL/]],
  ['/trees/junk', ['id', 'junk', /a UUID/]],
  [
    '/trees/junk?maxDepth=-1&maxNodes=0&from=top&include=jobs&format=html&x=1',
    ['id', 'junk', /a UUID/],
    ['x', '1', /only these/],
    ['from', 'top', /one of root/],
    ['include', 'jobs', /one of events/],
    ['maxDepth', -1, /from 0 to 100000/],
    ['maxNodes', 0, /from 1 to 1000000/],
    ['format', 'html', /one of json, ndjson, text, mermaid, dot, otlp/],
  ],
  [
    `/trees/${ID}?maxDepth=1001`,
    [
      'maxDepth',
      1001,
      /^a whole number up to 1000 as nested JSON; up to 100000 with shape=flat, up to 100000 with format=ndjson, up to 100000 with format=text$/,
    ],
  ],
  [`/trees/${ID}?maxNodes=10001&format=text`, ['maxNodes', 10_001, /up to 10000 as text\/plain/]],
  [
    `/trees/${ID}?maxNodes=10001&format=dot`,
    ['maxNodes', 10_001, /^a whole number up to 10000 as a diagram; up to 1000000 with format=ndjson$/],
  ],
  ['/invocations/junk?x=1', ['id', 'junk', /a UUID/], ['x', '1', /^only these parameters: include, format$/]],
  ['/jobs/junk', ['id', 'junk', /a UUID/]],
  [`/jobs/${ID}?from=2026-01-01T00:00:00Z`, ['from', '2026-01-01T00:00:00Z', /only these/]],
  ['/?x=1', ['x', '1', /only these parameters: format/]],
  ['/?format=ndjson', ['format', 'ndjson', /one of json, html/]],
  ['/health/live?x=1', ['x', '1', /only these parameters: format/]],
  ['/health/ready?format=text', ['format', 'text', /one of json/]],
  ['/dependencies?hops=2', ['hops', 2, /^left out, or given together with around$/]],
  ['/openapi.json?x=1', ['x', '1', /only these parameters: format/]],
]

test('each wrong parameter is named, with what was given and what is allowed', async (t) => {
  const { get } = await service(t)
  for (const [path, ...mistakes] of wrong) {
    const { errors } = assertProblem('invalid-request', await get(path))
    const sorted = errors?.toSorted((a, b) => (a.parameter < b.parameter ? -1 : 1))
    const expected = mistakes.toSorted(([a], [b]) => (a < b ? -1 : 1))
    assert.deepEqual(
      sorted?.map(({ parameter, given }) => [parameter, given]),
      expected.map(([parameter, given]) => [parameter, given]),
      path,
    )
    for (const [at, [, , allowed]] of expected.entries()) assert.match(sorted?.[at]?.allowed ?? '', allowed, path)
  }
})

test('a hundred values, the least and the greatest limit, and a UUID in capitals are allowed', async (t) => {
  const { get } = await service(t)
  const allowed = [
    `/invocations?${many('sourceFunction', 100)}`,
    '/jobs?limit=1',
    '/chains?limit=1000',
    `/invocations?sourceJobId=${ID.toUpperCase()}`,
    '/trees?window=99999w',
    '/invocations?format=json',
    '/invocations?root=false',
    '/invocations?correlationId=%27%3B drop table invocations%3B--',
    '/jobs?name=%25_%5C',
    '/invocations?sourceTable=%F0%9F%90%98',
    `/invocations?correlationId=${'a'.repeat(1000)}`,
  ]
  for (const path of allowed) assert.equal((await get(path)).status, 200, path)
})

const noInstants = [
  '',
  'now',
  'yesterday',
  '2026-01-01',
  '2026-01-01T00:00:00',
  '2026-01-01 00:00:00Z',
  '2026-01-01T00:00Z',
  '2026-1-1T00:00:00Z',
  '1767225600',
  '20260101T000000Z',
  '-000000-01-01T00:00:00Z',
  '-004713-11-23T23:59:59Z',
  '-004713-11-24T00:00:00+00:01',
  '+294276-12-31T23:59:59.9999999Z',
  '+294277-01-01T00:00:00Z',
  '10000-01-01T00:00:00Z',
  '+10000-01-01T00:00:00Z',
  '-001-01-01T00:00:00Z',
  '2026-02-29T00:00:00Z',
  '2026-02-30T00:00:00Z',
  '1900-02-29T00:00:00Z',
  '2026-04-31T00:00:00Z',
  '2026-00-01T00:00:00Z',
  '2026-13-01T00:00:00Z',
  '2026-01-00T00:00:00Z',
  '2026-01-32T00:00:00Z',
  '2026-01-01T24:00:00Z',
  '2026-01-01T00:60:00Z',
  '2026-01-01T00:00:60Z',
  '2026-01-01T00:00:00.Z',
  '2026-01-01T00:00:00+24:00',
  '2026-01-01T00:00:00+00:60',
  '2026-01-01T00:00:00+0100',
  '2026-01-01T00:00:00 UTC',
  'Infinity',
  '+infinity',
  'inf',
  'epoch',
  '2026-01-01T00:00:00Z\0',
  '２０２６-01-01T00:00:00Z',
  '2026-01-01T00:00:00.1234567890Z',
  '2026-01-01T00:00:00Z BC',
]

test('what is no instant is refused, and never reaches the database', async (t) => {
  const { get } = await service(t)
  for (const name of ['from', 'to']) {
    for (const given of noInstants) {
      const { errors } = assertProblem(
        'invalid-request',
        await get(`/invocations?${name}=${encodeURIComponent(given)}`),
      )
      assert.deepEqual([errors?.[0]?.parameter, errors?.[0]?.given, errors?.length], [name, given, 1])
      assert.match(errors?.[0]?.allowed ?? '', INSTANT)
    }
  }
})

const instants = [
  '0001-01-01T00:00:00Z',
  '0001-01-01T00:00:00.000001Z',
  '0001-01-01T23:59:00+23:59',
  '0001-01-01T16:00:00+16:00',
  '0001-01-02T00:00:00Z',
  '9999-12-31T23:59:59Z',
  '9999-12-31T23:59:59.999999Z',
  '9999-12-31T00:00:00-23:59',
  '2026-01-01T00:00:00+16:00',
  '2026-01-01T00:00:00-23:59',
  '2026-01-01T00:00:00-00:00',
  '2024-02-29T00:00:00Z',
  '2000-02-29T23:59:59.999999999Z',
  '2026-01-01t00:00:00z',
  '2026-01-01T00:00:00.123456789Z',
  '2026-01-01T00:00:00+01:00',
]

test('every instant that is accepted is one that Postgres takes, in every list and as either end', async (t) => {
  const { get } = await service(t)
  for (const list of lists) {
    for (const given of instants) {
      for (const query of [
        `from=${encodeURIComponent(given)}`,
        `to=${encodeURIComponent(given)}`,
        `from=${given}`,
        `from=0001-01-01T00:00:00Z&to=${encodeURIComponent(given)}`,
      ]) {
        const { status, text } = await get(`${list}?${query}`)
        assert.ok(
          status === 200 || (status === 400 && text.includes('invalid-request')),
          `${list}?${query}: ${status} ${text}`,
        )
      }
    }
  }
})

test('a cursor that was not made here, or for another request, is refused', async (t) => {
  const { get, pool } = await service(t)
  for (let row = 0; row < 3; row++) await addInvocation(pool)
  const first = '/invocations?limit=1&status=completed'
  const cursor = (await get<{ page: { nextCursor: string } }>(first)).json.page.nextCursor
  assert.equal((await get(`${first}&cursor=${cursor}`)).status, 200)
  assert.equal(
    (await get(`/invocations?limit=2&status=completed&format=json&cursor=${cursor}`)).status,
    200,
    'limit and format may change on the way',
  )
  const parts = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown[]
  const forged = (at: number, value: unknown): string =>
    `${first}&cursor=${Buffer.from(JSON.stringify(parts.with(at, value))).toString('base64url')}`
  const refused = {
    'another route': `/trees?limit=1&status=completed&cursor=${cursor}`,
    'another filter': `/invocations?limit=1&status=failed&cursor=${cursor}`,
    'a filter more': `${first}&root=true&cursor=${cursor}`,
    'a filter less': `/invocations?limit=1&cursor=${cursor}`,
    'another order': `${first}&order=asc&cursor=${cursor}`,
    'another window': `${first}&window=6h&cursor=${cursor}`,
    'a cut end': `${first}&cursor=${cursor.slice(0, -5)}`,
    'a cut start': `${first}&cursor=${cursor.slice(5)}`,
    'a word': `${first}&cursor=next`,
    'a NUL': `${first}&cursor=%00`,
    'another version': forged(0, 2),
    'another fingerprint': forged(1, 'x'),
    'a window that is none': forged(2, 'yesterday'),
    'a window before what Postgres knows': forged(2, '-004714-01-01T00:00:00.000000Z'),
    'an instant that is none': forged(4, '2026-02-30T00:00:00.000000Z'),
    'an instant of three digits': forged(4, '2026-02-20T00:00:00.000Z'),
    'an id that is none': forged(5, "' or 1=1"),
    'a number for an id': forged(5, 7),
    'an object': `${first}&cursor=${Buffer.from('{}').toString('base64url')}`,
    'a part too many': `${first}&cursor=${Buffer.from(JSON.stringify([...parts, 1])).toString('base64url')}`,
  }
  for (const [what, path] of Object.entries(refused)) {
    const { errors } = assertProblem('invalid-request', await get(path))
    assert.equal(errors?.[0]?.parameter, 'cursor', what)
    assert.match(errors?.[0]?.allowed ?? '', /nextCursor of an earlier page of this list/, what)
  }
})

test('an unknown id is 404 if the path names it, and an empty list if a filter does', async (t) => {
  const { get } = await service(t)
  const naming = samples.filter(({ path }) => path.includes('{'))
  assert.ok(naming.length >= 12)
  for (const { endpoint, path } of naming) {
    const id = randomUUID()
    const answer = await get(filled(path, { root: id, job: id, child: id, event: id }))
    if (endpoint.path.includes('{')) assert.match(assertProblem('not-found', answer).detail, new RegExp(id), path)
    else assert.deepEqual([answer.status, answer.json['data']], [200, []], path)
  }
})

function many(name: string, count: number): string {
  return Array.from({ length: count }, (_, at) => `${name}=${at}`).join('&')
}
