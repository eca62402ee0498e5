import assert from 'node:assert/strict'
import test from 'node:test'
import { apiKeys } from '../support/keys.ts'
import { assertProblem } from '../support/problem.ts'
import { rawOnce, type RawAnswer } from '../support/raw.ts'
import { service } from '../support/service.ts'

/** More than the 2,000 headers that Node keeps by default, in fewer bytes than the service allows. */
const MANY = Array.from({ length: 2500 }, () => 'a:')

const bytes = (...headers: string[]): string =>
  ['GET /jobs HTTP/1.1', ...headers, 'Connection: close', '', ''].join('\r\n')
const told = ({ status, headers, body }: RawAnswer) => ({ status, headers, text: body })

test('a header that comes after thousands of others is seen like any other', async (t) => {
  const { listen } = await service(t, { loopbackNamesOnly: true })
  const base = await listen()
  assert.equal((await rawOnce(base, bytes('Host: 127.0.0.1', ...MANY))).status, 200)
  assert.match(
    assertProblem(
      'forbidden',
      told(await rawOnce(base, bytes('Host: 127.0.0.1', ...MANY, 'X-Forwarded-For: 192.0.2.1'))),
    ).detail,
    /came through a proxy \(x-forwarded-for\)/,
  )
  assert.match(
    assertProblem('forbidden', told(await rawOnce(base, bytes(...MANY, 'Host: evil.example')))).detail,
    /the Host header names another/,
  )
  assertProblem('bad-request', told(await rawOnce(base, bytes('Host: 127.0.0.1', ...MANY, 'Host: evil.example'))))
})

test('a second Host, or a second Authorization, is 400 whatever is asked for', async (t) => {
  const {
    keys,
    shown: [key = ''],
  } = apiKeys({ name: 'a', scopes: ['read'] })
  const { listen } = await service(t, {
    credentials: { keys, keysFile: undefined, tokens: undefined },
    origins: ['https://dashboards.example'],
  })
  const base = await listen()
  for (const line of [
    'GET /jobs',
    'GET /health/live',
    'GET /nowhere',
    'POST /jobs',
    'HEAD /openapi.json',
    'OPTIONS /jobs',
  ]) {
    for (const [name, ...values] of [
      ['Host', 'here', 'there'],
      ['Host', 'here', 'here'],
      ['Authorization', `Bearer ${key}`, 'Bearer other'],
      ['authorization', `Bearer ${key}`, `Bearer ${key}`],
    ] as const) {
      const headers = [
        ...(name === 'Host' ? [] : ['Host: here']),
        ...values.map((value) => `${name}: ${value}`),
        'Origin: https://dashboards.example',
        'Access-Control-Request-Method: GET',
        'Connection: close',
      ]
      const answer = await rawOnce(base, [`${line} HTTP/1.1`, ...headers, '', ''].join('\r\n'))
      if (line.startsWith('HEAD')) assert.equal(answer.status, 400)
      else
        assert.equal(
          assertProblem('bad-request', told(answer)).detail,
          `The header ${name.toLowerCase()} stands 2 times; it may stand once`,
          `${line} with ${headers.join(', ')}`,
        )
    }
  }
})
test('a name in the request line counts like one in the Host header', async (t) => {
  const { listen } = await service(t, { loopbackNamesOnly: true })
  const base = await listen()
  const ask = (target: string) =>
    rawOnce(base, `GET ${target} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n`)
  for (const target of ['http://127.0.0.1/jobs', 'http://localhost:3000/jobs', '/jobs'])
    assert.equal((await ask(target)).status, 200, target)
  for (const target of [
    'http://evil.example/jobs',
    'http://localhost@evil.example/jobs',
    'HTTP://evil.example:80/jobs',
  ]) {
    assert.match(assertProblem('forbidden', told(await ask(target))).detail, /the request line names another/, target)
  }
})
