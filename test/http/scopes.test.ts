import assert from 'node:assert/strict'
import test from 'node:test'
import type { FastifyReply } from 'fastify'
import { toProblem } from '../../src/http/problems/answer.ts'
import { problems } from '../../src/http/problems/problem.ts'
import { assertProblem } from '../support/problem.ts'
import { built, generous } from '../support/service.ts'

/** Another API beside ours, in a scope of its own with its own form of errors. */
async function withAnother(...[t, deps]: Parameters<typeof built>) {
  const app = await built(t, deps)
  await app.register(
    async (another) => {
      const send = (reply: FastifyReply, code: number) => reply.code(code).send({ data: null, errors: [{ code }] })
      another.setErrorHandler((error: Error, request, reply) =>
        send(reply, problems[toProblem(error, request).problem].status),
      )
      another.setNotFoundHandler((_request, reply) => send(reply, 404))
      another.get('/failing', { config: { scope: null } }, () => {
        throw new Error('no')
      })
      another.get('/page', { config: { scope: null, duringStart: true, unlimited: true, compressed: false } }, () =>
        'x'.repeat(5000),
      )
      another.get('/tree', { config: { scope: null, heavy: true } }, () => 'a tree')
      another.get('/plain', () => 'plain')
    },
    { prefix: '/another' },
  )
  const ask = async (url: string, method: 'GET' | 'POST' = 'GET') => {
    const { statusCode, headers, body } = await app.inject({ url, method, headers: { 'accept-encoding': 'gzip' } })
    return { status: statusCode, headers, text: body }
  }
  return { app, ask }
}

test('another API answers its errors in its own form; every other path answers problems', async (t) => {
  const { ask, app } = await withAnother(t)
  for (const [path, code] of [
    ['/another/failing', 500],
    ['/another/nowhere', 404],
  ] as const) {
    const { status, text } = await ask(path)
    assert.deepEqual(
      { status, body: JSON.parse(text) as unknown },
      { status: code, body: { data: null, errors: [{ code }] } },
    )
  }
  assertProblem('not-found', await ask('/elsewhere'))
  assertProblem('method-not-allowed', await ask('/trees', 'POST'))
  assert.deepEqual(
    Object.keys((app.swagger() as { paths: object }).paths).filter((path) => path.startsWith('/another')),
    [],
  )
})

test('what a route is, its config says, wherever it stands', async (t) => {
  const { ask } = await withAnother(t, { limits: { ...generous, rate: 1 } })
  for (const _ of [1, 2]) {
    const { status, headers } = await ask('/another/page')
    assert.deepEqual([status, headers['content-encoding'], headers['ratelimit-limit']], [200, undefined, undefined])
  }
  assert.deepEqual([(await ask('/another/plain')).status, (await ask('/another/plain')).status], [200, 429])
  const few = await withAnother(t, { limits: { ...generous, heavy: 0, wait: 0 }, anonymousScopes: [] })
  assert.equal((await few.ask('/another/page')).status, 200)
  assert.match((await few.ask('/another/tree')).text, /There is no place/)
  assert.equal((await few.ask('/another/plain')).status, 403)
})

test('while the service starts, what is marked for it is answered, wherever it stands', async (t) => {
  const { ask } = await withAnother(t, { stage: { name: 'migrating' } })
  assert.equal((await ask('/another/page')).status, 200)
  assert.equal((await ask('/another/plain')).status, 503)
})
