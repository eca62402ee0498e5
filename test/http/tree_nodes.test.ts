import assert from 'node:assert/strict'
import test from 'node:test'
import { addExample, NOBODY } from '../support/endpoints.ts'
import { assertProblem } from '../support/problem.ts'
import { service } from '../support/service.ts'

test('GET /trees/:id/nodes gives the lines that /trees/:id gives as ndjson, whatever is asked for', async (t) => {
  const { get, pool } = await service(t)
  const { root, child, job } = await addExample(pool)
  const types = async (path: string): Promise<unknown[]> => {
    const [own, other] = [await get(path), await get(path.replace('/nodes', '').replace('?', '?format=ndjson&'))]
    assert.deepEqual([own.status, own.headers['content-type']], [200, 'application/x-ndjson'])
    const withoutTime = (text: string) => text.replace(/"asOf":"[^"]+"/, '')
    assert.equal(withoutTime(own.text), withoutTime(other.text), path)
    return own.text
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { type: string }).type)
  }
  assert.deepEqual(await types(`/trees/${root}/nodes?maxDepth=100`), ['tree', 'node', 'node', 'end'])
  assert.deepEqual(await types(`/trees/${job}/nodes?include=events`), ['tree', 'node', 'node', 'end'])
  assert.deepEqual(await types(`/trees/${child}/nodes?from=root`), ['tree', 'node', 'node', 'end'])
  assert.deepEqual(await types(`/trees/${child}/nodes?maxDepth=0`), ['tree', 'node', 'end'])
  assert.deepEqual(await types(`/trees/${root}/nodes?maxNodes=1`), ['tree', 'node', 'end'])
})

test('GET /trees/:id/nodes has no other form, and says what is wrong before its first line', async (t) => {
  const { app, get, pool } = await service(t)
  const { root } = await addExample(pool)
  for (const accept of ['*/*', 'application/x-ndjson, application/json'])
    assert.equal((await get(`/trees/${root}/nodes`, { accept })).headers['content-type'], 'application/x-ndjson')
  assert.match(
    assertProblem('not-acceptable', await get(`/trees/${root}/nodes`, { accept: 'application/json' })).detail,
    /allows none of application\/x-ndjson$/,
  )
  assertProblem('invalid-request', await get(`/trees/${root}/nodes?format=json`))
  assertProblem('invalid-request', await get(`/trees/${root}/nodes?maxNodes=0`))
  assertProblem('not-found', await get(`/trees/${NOBODY}/nodes`))
  const head = await app.inject({ method: 'HEAD', url: `/trees/${root}/nodes` })
  assert.deepEqual([head.statusCode, head.headers['content-type'], head.body], [200, 'application/x-ndjson', ''])
})
