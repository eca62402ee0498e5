import assert from 'node:assert/strict'
import { Agent, get } from 'node:http'
import test from 'node:test'
import { addInvocation, addJob } from '../support/rows.ts'
import { assertContract, assertDrawable, type Envelope, type JaegerTrace } from '../support/jaeger.ts'
import { generous, service } from '../support/service.ts'

const dashless = (id: string): string => id.replaceAll('-', '')

test('a chain of 5,000 is cut where viewers would fail, and says so', async (t) => {
  const { app, pool } = await service(t)
  await pool.query(`
    insert into invocations (id, created_at, source_function, source_event_payload, status, total_duration_ms)
    select ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, '2026-11-22T09:00:00Z'::timestamptz + n * interval '1 ms', 'step', '{}', 'completed', 5
      from generate_series(0, 4999) n`)
  await pool.query(
    `insert into event_executions (id, invocation_id, event_name, detected, status) select i.id, i.id, 'next', true, 'completed' from invocations i`,
  )
  await pool.query(`
    insert into job_executions (id, invocation_id, event_execution_id, job_name, status, duration_ms, created_at)
    select i.id, i.id, i.id, 'step', 'completed', 2, i.created_at from invocations i`)
  await pool.query(`
    update invocations i set source_job_id = p.id
      from job_executions p where i.created_at = p.created_at + interval '1 ms'`)
  await pool.query('analyze')
  const { body } = await app.inject('/jaeger/api/traces/00000000-0000-4000-8000-000000004999')
  const [trace] = assertContract<Envelope<JaegerTrace>>('traces', body).data
  assert.ok(trace)
  const levels = assertDrawable(trace)
  assert.ok(levels > 1700 && levels < 2000, `${levels} levels`)
  assert.match(trace.warnings?.join() ?? '', /^The tree is cut 600 levels of invocations below its root/)
})

test('a trace of 19,953 spans comes whole by its id; a search shows its first 1,000 and says so, and 20,000 of all traces together', async (t) => {
  const { app, pool } = await service(t)
  const root = await addInvocation(pool, { total_duration_ms: 1000 })
  await addJob(pool, root, { job_name: 'fan-out' })
  await pool.query(
    `insert into job_executions (invocation_id, event_execution_id, job_name, status, duration_ms, created_at)
     select invocation_id, event_execution_id, 'fan-out', 'completed', 1, now() from job_executions, generate_series(1, 70)`,
  )
  // 71 jobs of the root, each of which triggers 70 invocations.
  await pool.query(
    `insert into invocations (created_at, source_function, source_event_payload, source_job_id, status)
     select now(), 'wide', '{}', id, 'completed' from job_executions, generate_series(1, 70)`,
  )
  await pool.query(`
    insert into event_executions (id, invocation_id, event_name, detected, status, created_at)
    select gen_random_uuid(), i.id, 'seen', true, 'completed', now() from invocations i where i.source_function = 'wide'`)
  await pool.query(`
    insert into job_executions (invocation_id, event_execution_id, job_name, status, duration_ms, created_at)
    select e.invocation_id, e.id, 'do', 'completed', 1, now() from event_executions e, generate_series(1, 2) where e.event_name = 'seen'`)
  await pool.query('analyze')
  const whole = assertContract<Envelope<JaegerTrace>>('traces', (await app.inject(`/jaeger/api/traces/${root}`)).body)
  const [trace] = whole.data
  assert.ok(trace)
  assert.equal(trace.spans.length, 2 + 71 + 71 * 70 * 4)
  assert.equal(trace.warnings, null)
  assertDrawable(trace)
  const search = async (query: string) =>
    assertContract<Envelope<JaegerTrace>>('traces', (await app.inject(`/jaeger/api/traces?${query}`)).body).data
  const [found, ...others] = await search('service=wide&limit=5')
  assert.ok(found)
  assert.deepEqual(others, [])
  assert.equal(found.spans.length, 1000)
  assert.match(found.warnings?.join(' ') ?? '', /The first 1000 spans are shown/)
  assertDrawable(found)
  // 30 more wide ones: every trace is there, and none without a span.
  await pool.query(`
    with roots as (
      insert into invocations (created_at, source_function, source_event_payload, status)
      select now(), 'many', '{}', 'completed' from generate_series(1, 30)
      returning id), events as (
      insert into event_executions (id, invocation_id, event_name, detected, status, created_at)
      select gen_random_uuid(), id, 'seen', true, 'completed', now() from roots
      returning id, invocation_id)
    insert into job_executions (invocation_id, event_execution_id, job_name, status, created_at)
    select invocation_id, id, 'do', 'completed', now() from events, generate_series(1, 999)`)
  const many = await search('service=many&limit=100')
  assert.equal(many.length, 30)
  const spans = many.reduce((sum, each) => sum + each.spans.length, 0)
  assert.ok(spans <= 20_000 && spans > 19_900, `${spans} spans`)
  for (const each of many) assertDrawable(each)
  assert.equal(new Set(many.map(({ traceID }) => traceID)).size, 30)
  assert.ok(!many.some(({ traceID }) => traceID === dashless(root)))
})

test('what is refused for want of room has the form of its own API, also on a connection that was refused before', async (t) => {
  const { listen } = await service(t, { limits: { ...generous, concurrent: 1, heavy: 0, wait: 0 } })
  const url = await listen()
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  t.after(() => agent.destroy())
  const ask = (path: string): Promise<{ status: number; type: string; body: string }> =>
    new Promise((resolve, reject) => {
      get(`${url}${path}`, { agent }, (response) => {
        let body = ''
        response.setEncoding('utf8').on('data', (text: string) => (body += text))
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, type: String(response.headers['content-type']), body }),
        )
      }).on('error', reject)
    })
  for (let round = 0; round < 3; round += 1) {
    const jaeger = await ask('/jaeger/api/services')
    assert.equal(`${jaeger.status} ${jaeger.type}`, '503 application/json; charset=utf-8')
    assertContract('error', jaeger.body)
    const third = await ask('/jaeger/api/v3/services')
    assert.equal(third.status, 503)
    assertContract('errorV3', third.body)
    const own = await ask('/trees')
    assert.equal(`${own.status} ${own.type}`, '503 application/problem+json; charset=utf-8')
  }
})
