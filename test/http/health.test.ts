import assert from 'node:assert/strict'
import test from 'node:test'
import { pino } from 'pino'
import { createReader } from '../../src/db/pool/pool.ts'
import type { Stage } from '../../src/http/lifecycle/startup-gate.ts'
import { database } from '../support/database.ts'
import { assertProblem } from '../support/problem.ts'
import { startProxy } from '../support/proxy.ts'
import { service, type Service } from '../support/service.ts'
import { onTeardown } from '../support/teardown.ts'
import { until } from '../support/until.ts'

interface Ready {
  status: string | number
  checks: Record<'service' | 'database' | 'schema', { ok: boolean | null; detail: string }>
}

const fine = {
  service: { ok: true, detail: 'The service is ready' },
  database: { ok: true, detail: 'The database answers' },
  schema: { ok: true, detail: 'Every table and column that this build reads is there' },
}
const unknown = { ok: null, detail: 'Not looked at' }

async function notReady({ get }: Service): Promise<Ready['checks']> {
  const answer = await get<Ready>('/health/ready')
  const { detail } = assertProblem('unavailable', answer)
  assert.equal(answer.headers['retry-after'], '2')
  const { checks } = answer.json
  assert.equal(detail, Object.values(checks).find(({ ok }) => ok === false)?.detail)
  return checks
}

test('ready says what was looked at, and what is wrong with the schema', async (t) => {
  const shown = await service(t)
  const { get, pool } = shown
  const answer = await get<Ready>('/health/ready')
  assert.deepEqual([answer.status, answer.json], [200, { status: 'ok', checks: fine, warnings: [] }])
  await pool.query('alter table job_executions rename column job_function_name to other')
  const lacking = {
    ok: false,
    detail: 'The database lacks a table or a column that this build needs; run the migrations',
  }
  assert.deepEqual(await notReady(shown), { ...fine, schema: lacking })
  await pool.query(
    'alter table job_executions rename column other to job_function_name; alter table event_executions rename to elsewhere',
  )
  assert.deepEqual(await notReady(shown), { ...fine, schema: lacking })
  await pool.query('alter table elsewhere rename to event_executions')
  assert.deepEqual((await get<Ready>('/health/ready')).json.checks, fine)
})

for (const name of ['starting', 'migrating', 'loading demo data', 'stopping'] as const) {
  test(`a service that is ${name} is not ready, and looks at nothing for that`, async (t) => {
    const stage: Stage = { name }
    const shown = await service(t, { stage, db: createReader() })
    assert.deepEqual(await notReady(shown), {
      service: { ok: false, detail: `The service is ${name}` },
      database: unknown,
      schema: unknown,
    })
  })
}

test('a service whose connections are all busy is ready: it is no fault of the database, and all replicas would go at once', async (t) => {
  const { url } = await database(t)
  const db = createReader()
  db.start({
    url,
    size: 2,
    connectTimeout: 30_000,
    statementTimeout: 30_000,
    lockTimeout: 1000,
    log: pino({ level: 'silent' }),
  })
  onTeardown(t, () => db.end())
  const { get } = await service(t, { db })
  const held = await Promise.all([db.open(), db.open()])
  assert.equal((await get('/health/ready')).status, 200)
  await Promise.all(held.map((snapshot) => snapshot.close()))
})

test('a database that is away, or silent, is told within 2 s, and probes hold one connection at most', async (t) => {
  const { url } = await database(t)
  const proxy = await startProxy(url)
  onTeardown(t, () => proxy.close())
  const db = createReader()
  db.start({
    url: proxy.url(url),
    size: 3,
    connectTimeout: 30_000,
    statementTimeout: 30_000,
    lockTimeout: 1000,
    log: pino({ level: 'silent' }),
  })
  onTeardown(t, () => db.end())
  const shown = await service(t, { db })
  assert.equal((await shown.get('/health/ready')).status, 200)
  await proxy.become('swallow')
  const start = Date.now()
  const [first] = await Promise.all([1, 2, 3, 4].map(() => notReady(shown)))
  assert.deepEqual(first, {
    ...fine,
    database: { ok: false, detail: 'The database did not answer within 2 s' },
    schema: unknown,
  })
  assert.ok(Date.now() - start < 3000, `${Date.now() - start} ms`)
  // It is one connection that waits for an answer: another one is free.
  await proxy.become('pass')
  assert.equal((await shown.get('/trees')).status, 200)
  await until('it is ready again', async () => (await shown.get('/health/ready')).status === 200)
})
