import assert from 'node:assert/strict'
import test, { type TestContext } from 'node:test'
import { pino } from 'pino'
import { createReader, type PoolOptions } from '../../src/db/pool/pool.ts'
import { startProxy, type Proxy } from '../support/proxy.ts'
import { assertProblem } from '../support/problem.ts'
import { addInvocation } from '../support/rows.ts'
import { service, type Answer } from '../support/service.ts'
import { database } from '../support/database.ts'
import { onTeardown } from '../support/teardown.ts'
import { until } from '../support/until.ts'

const RECOVERY = 2000
const SIZE = 4

/** The service behind a proxy to its database, in which one invocation is; with the times that docs/operations.md names unless said otherwise. */
async function troubled(t: TestContext, options: Partial<PoolOptions> = {}) {
  const { url, pool } = await database(t)
  await addInvocation(pool)
  const proxy = await startProxy(url)
  onTeardown(t, () => proxy.close())
  const db = createReader()
  db.start({
    url: proxy.url(url),
    size: SIZE,
    connectTimeout: 5000,
    statementTimeout: 15_000,
    lockTimeout: 2000,
    log: pino({ level: 'silent' }),
    ...options,
  })
  onTeardown(t, () => db.end())
  const { get } = await service(t, { db })
  const ask = () => get<{ data: unknown[] }>('/trees')
  const many = (count = SIZE) => Promise.all(Array.from({ length: count }, ask))
  assert.deepEqual(
    (await many()).map(({ status }) => status),
    Array<number>(SIZE).fill(200),
  )
  return { proxy, pool, ask, many }
}

function assertTrouble(answers: Answer<unknown>[]): void {
  for (const answer of answers) {
    assertProblem(answer.status === 504 ? 'timeout' : 'unavailable', answer)
    assert.match(String(answer.headers['retry-after']), /^[1-9]\d*$/)
  }
}

/** Asks until all that ask at once are answered, which must be soon. */
async function assertRecovers(many: () => Promise<Answer<{ data: unknown[] }>[]>): Promise<void> {
  const start = Date.now()
  await until(
    'the service answers again',
    async () => {
      const answers = await many()
      const failed = answers.filter(({ status }) => status !== 200)
      assertTrouble(failed)
      for (const { status, json } of answers) if (status === 200) assert.equal(json.data.length, 1)
      return failed.length === 0
    },
    RECOVERY,
  )
  assert.ok(Date.now() - start < RECOVERY, `it took ${Date.now() - start} ms`)
}

const away: Array<[what: string, happens: (proxy: Proxy) => Promise<void>]> = [
  [
    'refuses connections and resets those that are there',
    async (proxy) => {
      await proxy.become('refuse')
      proxy.reset()
    },
  ],
  [
    'is starting up (57P03)',
    async (proxy) => {
      await proxy.become({ sqlstate: '57P03' })
      proxy.reset()
    },
  ],
  [
    'fails over (08006)',
    async (proxy) => {
      await proxy.become({ sqlstate: '08006' })
      proxy.reset()
    },
  ],
]

for (const [what, happens] of away) {
  test(`a database that ${what} is 503 at once, and served from again when it is back`, async (t) => {
    const { proxy, many } = await troubled(t)
    await happens(proxy)
    const start = Date.now()
    assertTrouble(await many())
    assert.ok(Date.now() - start < 1000)
    await proxy.become('pass')
    await assertRecovers(many)
  })
}

test('a network that swallows packets costs what is under way its time limit, and no request after it', async (t) => {
  const { proxy, many } = await troubled(t, { connectTimeout: 1500, statementTimeout: 500 })
  await proxy.become('swallow')
  const start = Date.now()
  assertTrouble(await many(2 * SIZE))
  assert.ok(Date.now() - start < 2500, `${Date.now() - start} ms`)
  await proxy.become('pass')
  await assertRecovers(many)
})

test('requests that hang in a network that swallows packets end when it is back, long before their time limit', async (t) => {
  const { proxy, many } = await troubled(t, { connectTimeout: 60_000, statementTimeout: 60_000 })
  await proxy.become('swallow')
  const hanging = many(2 * SIZE)
  await Promise.race([hanging, new Promise((resolve) => setTimeout(resolve, 1500))])
  await proxy.become('pass')
  await Promise.all([
    assertRecovers(() => many()),
    hanging.then((answers) => assertTrouble(answers.filter(({ status }) => status !== 200))),
  ])
})

test('idle connections that a network forgot cost one request at most, and little time', async (t) => {
  const { proxy, many, ask } = await troubled(t)
  assert.equal(proxy.open(), SIZE)
  proxy.forget()
  const start = Date.now()
  const answer = await ask()
  assertTrouble([answer])
  assert.ok(Date.now() - start < RECOVERY, `${Date.now() - start} ms`)
  assert.deepEqual(
    (await many()).map(({ status }) => status),
    Array<number>(SIZE).fill(200),
  )
})

test('a statement that is slow, and a network that is, are waited for', async (t) => {
  const { proxy, pool, ask } = await troubled(t, { lockTimeout: 15_000 })
  const writer = await pool.connect()
  onTeardown(t, () => writer.release(true))
  await writer.query('begin; lock table invocations in access exclusive mode')
  const slow = ask()
  const waited = await Promise.race([
    slow,
    new Promise<'still waiting'>((resolve) => setTimeout(resolve, 3000, 'still waiting')),
  ])
  assert.equal(waited, 'still waiting')
  await writer.query('rollback')
  assert.equal((await slow).status, 200)
  proxy.delay(150)
  assert.equal((await ask()).status, 200)
})

test('a server that takes no more connections (53300): those that are there serve everybody', async (t) => {
  const { proxy, many, ask } = await troubled(t, { size: 4 })
  // One is left.
  proxy.reset()
  assert.equal(
    (
      await until('one connection is there', async () => {
        const answer = await ask()
        return answer.status === 200 ? answer : undefined
      })
    ).status,
    200,
  )
  await proxy.become({ sqlstate: '53300' })
  assert.deepEqual(
    (await many(20)).map(({ status }) => status),
    Array<number>(20).fill(200),
  )
  proxy.reset()
  assertTrouble(await many())
  await proxy.become('pass')
  await assertRecovers(() => many())
})
