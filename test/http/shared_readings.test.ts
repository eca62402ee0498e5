import assert from 'node:assert/strict'
import test, { type TestContext } from 'node:test'
import type { FastifyRequest } from 'fastify'
import { pino } from 'pino'
import type { Reader } from '../../src/db/db.ts'
import { createReader } from '../../src/db/pool/pool.ts'
import { Problem } from '../../src/http/problems/problem.ts'
import { sharedReadings } from '../../src/http/protect/shared-readings.ts'
import { apiKeys, bearer } from '../support/keys.ts'
import { addInvocation, addJob } from '../support/rows.ts'
import { service, type Settings } from '../support/service.ts'
import { onTeardown } from '../support/teardown.ts'
import { until } from '../support/until.ts'

const HOUR = 3_600_000

/** A service whose statements wait, once `hold` was called, until they are let go; `held` has one for each that waits. */
async function holding(t: TestContext, settings: Partial<Settings> = {}) {
  const given = createReader()
  const held: Array<{ signal: AbortSignal | undefined; letGo: () => void }> = []
  let holds = false
  const db: Reader = {
    ...given,
    async query(statement, signal) {
      if (holds)
        await new Promise<void>((resolve, reject) => {
          held.push({ signal, letGo: resolve })
          signal?.addEventListener('abort', () => reject(signal.reason as Error))
        })
      return given.query(statement, signal)
    },
  }
  const started = await service(t, { ...settings, db })
  const timeouts = { connectTimeout: 5000, statementTimeout: HOUR, lockTimeout: HOUR }
  given.start({ url: started.url, size: 5, ...timeouts, log: pino({ level: 'silent' }) })
  onTeardown(t, () => given.end())
  return { ...started, held, hold: (on = true) => void (holds = on) }
}

test('requests for one tree that come while two readings of it are under way share the next one, which begins after they came', async (t) => {
  const { app, get, pool, held, hold } = await holding(t)
  const root = await addInvocation(pool)
  const other = await addInvocation(pool)
  // Whether payloads may be read is asked once.
  await get(`/trees/${root}`)
  hold()
  const path = `/trees/${root}`
  const answers = Array.from({ length: 6 }, () => app.inject(path))
  await until('two are read', () => held.length === 2)
  const beside = [app.inject(`/trees/${other}`), app.inject(`${path}?shape=flat`), app.inject(`${path}?format=ndjson`)]
  await until('others are read beside them', () => held.length === 5)
  await addJob(pool, root)
  held[0]?.letGo()
  await until('the four that waited are read together', () => held.length === 6)
  hold(false)
  for (const { letGo } of held) letGo()
  const trees = await Promise.all(answers)
  assert.deepEqual(
    trees.map(({ statusCode }) => statusCode),
    [200, 200, 200, 200, 200, 200],
  )
  const jobs = trees.map((answer) => answer.json<{ tree: { jobs: unknown[] } }>().tree.jobs.length)
  assert.deepEqual(jobs.slice(2), [1, 1, 1, 1], 'the job came before their reading began')
  assert.equal(new Set(trees.slice(2).map(({ body }) => body)).size, 1)
  const [tree, flat, lines] = await Promise.all(beside)
  assert.equal(tree?.json<{ id: string }>().id, other)
  assert.ok(flat?.json<{ nodes: unknown[] }>().nodes)
  assert.match(lines?.body ?? '', /"type":"end"/)
  assert.equal(held.length, 6)
})

test('a shared reading goes on while one waits for it, and is given up when all have left', async (t) => {
  const { app, listen, pool, held, hold, get } = await holding(t)
  const root = await addInvocation(pool)
  await get(`/trees/${root}`)
  const base = await listen()
  let came = 0
  app.server.on('request', () => (came += 1))
  hold()
  const ask = () => {
    const leaving = new AbortController()
    return { answer: fetch(`${base}/trees/${root}`, { signal: leaving.signal }), leave: () => leaving.abort() }
  }
  const first = [ask(), ask()]
  await until('two are read', () => held.length === 2)
  const [one, two, three] = [ask(), ask(), ask()]
  await until('five have come', () => came === 5)
  held[0]?.letGo()
  const shared = await until('they are read together', () => held[2])
  one.leave()
  await assert.rejects(one.answer)
  assert.equal(shared.signal?.aborted, false)
  two.leave()
  three.leave()
  for (const { answer } of [two, three]) await assert.rejects(answer)
  await until('it is given up', () => shared.signal?.aborted)
  hold(false)
  for (const { letGo } of held) letGo()
  assert.deepEqual(await Promise.all(first.map(async ({ answer }) => (await answer).status)), [200, 200])
  assert.equal((await get(`/trees/${root}`)).status, 200)
})

test('who sees other messages shares no reading', async (t) => {
  const {
    keys,
    shown: [short = '', whole = ''],
  } = apiKeys({ name: 'short', scopes: ['read'] }, { name: 'whole', scopes: ['read', 'read:payload'] })
  const { app, pool, held, hold } = await holding(t, {
    credentials: { keys, keysFile: undefined, tokens: undefined },
  })
  const root = await addInvocation(pool, { error_message: 'first line\n    at /srv/own/place.js:1:2' })
  const ask = (key: string) => app.inject({ url: `/trees/${root}`, headers: bearer(key) })
  await ask(short)
  hold()
  const answers = [short, short, short, whole, whole, whole].map(ask)
  await until('two of each are read', () => held.length === 4)
  held[0]?.letGo()
  held[2]?.letGo()
  await until('one more of each is read', () => held.length === 6)
  hold(false)
  for (const { letGo } of held) letGo()
  const messages = (await Promise.all(answers)).map(
    (answer) => answer.json<{ tree: { errorMessage: string } }>().tree.errorMessage,
  )
  assert.deepEqual(messages.slice(0, 3), ['first line', 'first line', 'first line'])
  assert.ok(messages.slice(3).every((message) => message.includes('/srv/own/place.js')))
})

test('if the client who asked first may have no more connections, the others who share its reading are read for anew', async () => {
  const shared = sharedReadings<string>({} as Reader)
  const from = (client: string): FastifyRequest =>
    ({ client, server: {}, cancellation: { signal: new AbortController().signal } }) as unknown as FastifyRequest
  const ask = (client: string, read: () => Promise<string>) => shared(from(client), 'a tree', read)
  let letGo: (text: string) => void = () => undefined
  const free = new Promise<string>((resolve) => (letGo = resolve))
  const before = [ask('greedy', () => free), ask('greedy', () => free)]
  const refused = ask('greedy', () =>
    Promise.reject(new Problem('unavailable', 'this client has all that it may have')),
  )
  const others = ['polite', 'patient'].map((client) => ask(client, () => Promise.resolve(`read for ${client}`)))
  letGo('read at first')
  await assert.rejects(refused, /this client has all/)
  assert.deepEqual(await Promise.all([...before, ...others]), [
    'read at first',
    'read at first',
    'read for polite',
    'read for polite',
  ])
})
