import assert from 'node:assert/strict'
import test from 'node:test'
import { queryOf } from '../fuzz/document.ts'
import { addExample, documentation, endpoints, filled } from '../support/endpoints.ts'
import { assertProblem } from '../support/problem.ts'
import { service } from '../support/service.ts'

/** What is no percent-encoded UTF-8: bytes that begin or go on nothing, a surrogate, more bytes than are needed, beyond Unicode, and `%` without two digits. */
const undecodable = [
  '%FF',
  '%80',
  '%C3',
  '%ED%A0%80',
  '%ED%A0%80%ED%B0%80',
  '%C0%AF',
  '%F4%90%80%80',
  '%',
  '%2',
  '%zz',
  'a%FFb',
  '%41%',
]

test('a name or value of a query that is no percent-encoded UTF-8 is 400 on every endpoint, and says what was given', async (t) => {
  const { app, pool } = await service(t)
  const ids = await addExample(pool)
  for (const endpoint of endpoints) {
    const path = filled(endpoint.path.replace('{id}', endpoint.id === 'getJob' ? '{job}' : '{root}'), ids)
    for (const bad of undecodable) {
      const asked: Array<[query: string, parameter: string, given: string]> = [
        ...queryOf(endpoint).map(({ name }): [string, string, string] => [`${name}=${bad}`, name, bad]),
        [`x${bad}=1`, `x${bad}`, `x${bad}`],
        [bad, bad, bad],
      ]
      for (const [query, parameter, given] of asked) {
        const { statusCode: status, headers, body: text } = await app.inject(`${path}?${query}`)
        assert.deepEqual(
          assertProblem('invalid-request', { status, headers, text }).errors,
          [{ parameter, given, allowed: 'UTF-8, percent-encoded (% itself is %25)' }],
          `${path}?${query}`,
        )
      }
    }
  }
})

test('a path that is no percent-encoded UTF-8 is 400 everywhere, and says what was given', async (t) => {
  const { app } = await service(t)
  for (const path of [...endpoints.map((endpoint) => endpoint.path.replace('{id}', '')), ...documentation, '/nowhere'])
    for (const bad of undecodable) {
      const {
        statusCode: status,
        headers,
        body: text,
      } = await app.inject(`${path.replace(/\/$/, '')}/${bad}?limit=%41`)
      const { detail } = assertProblem('bad-request', { status, headers, text })
      const given = /(?:%[0-9A-F]{2})+%?|%.*/.exec(bad)?.[0] ?? ''
      assert.ok(
        detail.startsWith(`The path holds ${bad === '%41%' ? '%' : given}, which cannot be decoded`),
        `${detail} ${path}/${bad}`,
      )
    }
})

test('what can be decoded is taken: %25, a plus, and characters of four bytes', async (t) => {
  const { get } = await service(t)
  for (const query of [
    'correlationId=100%25',
    'correlationId=a+b',
    'correlationId=%F0%9F%8C%B3',
    'correlationId=?%3F',
    'correlationId=%EF%BF%BF',
  ])
    assert.equal((await get(`/invocations?${query}`)).status, 200, query)
})
