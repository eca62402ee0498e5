import assert from 'node:assert/strict'
import test from 'node:test'
import { addExample, documentation, endpoints, filled, operationIds, samples, type Sample } from './endpoints.ts'
import { assertProblem } from './problem.ts'
import { generous, service } from './service.ts'

/** A second kind of JSON beside application/json makes generators of Go read the wrong one, so it stands in no content of the document. */
const UNDOCUMENTED = 'application/vnd.otlp+json'

test('test/support/endpoints.ts has samples of every operation of the OpenAPI document, in each of its forms, and of no other', async (t) => {
  assert.deepEqual(operationIds.toSorted(), endpoints.map(({ id }) => id).toSorted())
  const { app, get, pool } = await service(t)
  const ids = await addExample(pool)
  const seen = new Map<string, Set<string>>(endpoints.map(({ id }) => [id, new Set()]))
  for (const { endpoint, path } of samples) {
    const { status, text, headers, json } = await get<{ data?: unknown[] } | undefined>(filled(path, ids))
    assert.equal(status, 200, `${path}: ${text}`)
    if (endpoint.list) assert.ok(json?.data?.length, `${path} shows nothing`)
    seen.get(endpoint.id)?.add(String(headers['content-type']).split(';')[0] ?? '')
  }
  for (const { id, responses } of endpoints)
    assert.deepEqual(
      [...(seen.get(id) ?? [])].filter((form) => form !== UNDOCUMENTED).toSorted(),
      Object.keys(responses['200']?.content ?? {}).toSorted(),
      `the forms of ${id}`,
    )
  for (const path of documentation) assert.ok([200, 302].includes((await app.inject(path)).statusCode), path)
})

test('samples are of the path that their operation has, and those that are heavy are the ones that have few places', async (t) => {
  const { get, pool } = await service(t, { limits: { ...generous, heavy: 0, wait: 0 } })
  const ids = await addExample(pool)
  const isOf = ({ endpoint, path }: Sample): boolean =>
    new RegExp(`^${endpoint.path.replaceAll(/\{\w+\}/g, '[^/?]+')}(\\?|$)`).test(path)
  assert.deepEqual(
    samples.filter((sample) => !isOf(sample)).map(({ path }) => path),
    [],
  )
  for (const { endpoint, path } of samples) {
    const answer = await get(filled(path, ids))
    if (endpoint.heavy)
      assert.match(
        assertProblem('unavailable', answer).detail,
        /trees, lists of trees or figures are being worked on/,
        path,
      )
    else assert.equal(answer.status, 200, path)
  }
})
