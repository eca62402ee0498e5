import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import test from 'node:test'
import type { Reader } from '../../src/db/db.ts'
import type { Stage } from '../../src/http/lifecycle/startup-gate.ts'
import { documentation, filled, samples } from '../support/endpoints.ts'
import { patience } from '../support/patience.ts'
import { assertProblem } from '../support/problem.ts'
import { service } from '../support/service.ts'
import { onTeardown } from '../support/teardown.ts'
import { until } from '../support/until.ts'

const paths = [
  ...samples.filter(({ endpoint }) => endpoint.id !== 'isLive').map(({ path }) => filled(path)),
  ...documentation,
  '/invocations/junk',
  '/jobs?limit=0',
  '/nowhere',
]

for (const name of ['starting', 'migrating', 'loading demo data', 'stopping'] as const) {
  test(`while the service is ${name}, it is live and answers everything else with 503`, async (t) => {
    const { get, app } = await service(t, { stage: { name } })
    for (const path of paths) {
      const answer = await get(path)
      assert.equal(assertProblem('unavailable', answer).detail, `The service is ${name}`, path)
      assert.match(String(answer.headers['retry-after']), /^[1-9]\d*$/)
    }
    assert.deepEqual((await get('/health/live')).json, { status: 'ok' })
    assert.equal((await app.inject({ method: 'HEAD', url: '/health/live' })).statusCode, 200)
    const post = await app.inject({ method: 'POST', url: '/trees' })
    assertProblem('unavailable', { status: post.statusCode, headers: post.headers, text: post.body })
  })
}

test('the stage is looked at anew by each request', async (t) => {
  const stage: Stage = { name: 'starting' }
  const { get } = await service(t, { stage })
  assert.equal((await get('/health/ready')).status, 503)
  stage.name = 'ready'
  assert.equal((await get('/health/ready')).status, 200)
  stage.name = 'stopping'
  assert.equal((await get('/health/ready')).status, 503)
})

test('ready says whether the database answers', async (t) => {
  const db = {
    probe: async () => Promise.reject(Object.assign(new Error('gone'), { code: 'ECONNREFUSED' })),
  } as unknown as Reader
  const { get } = await service(t, { db })
  assertProblem('unavailable', await get('/health/ready'))
  assert.equal((await get('/health/live')).status, 200)
})

test('a connection that is busy when the service stops gets its answer, and 503 as a problem for what it asks after that', async (t) => {
  let current: Stage['name'] = 'ready'
  let looks = 0
  const stage = {
    get name() {
      looks += 1
      return current
    },
  } as Stage
  const waiting: Array<(rows: object[]) => void> = []
  const db = { probe: () => new Promise((resolve) => waiting.push(resolve)) } as unknown as Reader
  const { app, listen } = await service(t, { stage, db })
  const { hostname, port } = new URL(await listen())
  const socket = connect(Number(port), hostname)
  onTeardown(t, () => socket.destroy())
  let received = ''
  socket.on('data', (chunk) => (received += chunk.toString()))
  socket.write('GET /health/ready HTTP/1.1\r\nHost: here\r\n\r\n')
  const answer = await until('the first request waits for the database', () => waiting[0])
  current = 'stopping'
  const closed = app.close()
  const before = looks
  socket.write('GET /trees HTTP/1.1\r\nHost: here\r\n\r\n')
  await until('the second request was looked at', () => looks > before)
  answer([])
  await Promise.all([once(socket, 'close', { signal: AbortSignal.timeout(patience(10_000)) }), closed])
  const [first = '', second = ''] = received.split('HTTP/1.1 ').slice(1)
  assert.match(first, /^200 OK/)
  assert.match(second, /^503 Service Unavailable\r\n/)
  assert.match(second, /content-type: application\/problem\+json/)
  assert.match(second, /The service is stopping/)
})
