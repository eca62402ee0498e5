import assert from 'node:assert/strict'
import test from 'node:test'
import { createReader } from '../../src/db/pool/pool.ts'
import { apiKeys, bearer } from '../support/keys.ts'
import { assertProblem } from '../support/problem.ts'
import { parsePage, valueOf } from '../support/prometheus.ts'
import { addEvent, addInvocation, addJob } from '../support/rows.ts'
import { built, generous, service, type Settings } from '../support/service.ts'

const metrics: Partial<Settings> = { anonymousScopes: ['read', 'metrics'] }

test('the page tells of the service, also while it starts and without a database, to those who have the scope alone', async (t) => {
  const {
    keys,
    shown: [scraper = '', reader = ''],
  } = apiKeys({ name: 'prometheus', scopes: ['metrics'] }, { name: 'reader', scopes: ['read'] })
  const app = await built(t, {
    stage: { name: 'starting' },
    db: createReader(),
    credentials: { keys, keysFile: undefined, tokens: undefined },
    limits: { ...generous, rate: 1 },
  })
  for (let round = 0; round < 3; round += 1) {
    const { statusCode, headers, body } = await app.inject({ url: '/metrics', headers: bearer(scraper) })
    assert.equal(`${statusCode} ${String(headers['content-type'])}`, '200 text/plain; version=0.0.4; charset=utf-8')
    const page = parsePage(body)
    assert.equal(valueOf(page, 'event_detector_ready'), 0)
    assert.equal(valueOf(page, 'event_detector_places_limit', { kind: 'heavy' }), generous.heavy)
    assert.equal(valueOf(page, 'event_detector_figures_age_seconds', { figures: 'jobs' }), undefined)
    if (round > 0)
      assert.equal(
        valueOf(page, 'event_detector_http_request_duration_seconds_count', { route: '/metrics', status: '200' }),
        round,
      )
  }
  for (const [headers, problem] of [
    [{}, 'unauthenticated'],
    [bearer(reader), 'forbidden'],
  ] as const) {
    const { statusCode, headers: sent, body } = await app.inject({ url: '/metrics', headers })
    assertProblem(problem, { status: statusCode, headers: sent, text: body })
  }
})

test('jobs are counted once, when they have ended since the process started; what is stuck and what crashed is told', async (t) => {
  const { app, pool } = await service(t, metrics)
  const page = async () => parsePage((await app.inject('/metrics')).body)
  const names = { function: 'on-order-created', job: 'capture-payment' }
  const counts = async (): Promise<Array<number | undefined>> => {
    const read = await page()
    return ['job_runs_total', 'job_failures_total', 'job_duration_seconds_count', 'job_duration_seconds_sum'].map(
      (name) => valueOf(read, `event_detector_${name}`, names),
    )
  }
  const root = await addInvocation(pool)
  await addJob(pool, root)
  await app.readFigures()
  assert.deepEqual(await counts(), [undefined, undefined, undefined, undefined], 'what had ended before')
  const running = await addJob(pool, root, { status: 'running', duration_ms: null })
  await addJob(pool, root, { duration_ms: 250 })
  await addJob(pool, root, { status: 'failed', duration_ms: 250 })
  await app.readFigures()
  assert.deepEqual(await counts(), [2, 1, 2, 0.5])
  await pool.query(`update job_executions set status = 'completed', duration_ms = 500 where id = $1`, [running])
  // The writer flushes what has ended again.
  await pool.query(`update job_executions set result = '{}'`)
  await app.readFigures()
  await app.readFigures()
  assert.deepEqual(await counts(), [3, 1, 3, 1])
  await addEvent(pool, await addInvocation(pool, { source_function: 'on "quoted"\n\\ line' }), {
    status: 'handler_failed',
  })
  await addJob(
    pool,
    await addInvocation(pool, {
      status: 'running',
      total_duration_ms: null,
      created_at: '2026-01-01T00:00:00Z',
      updated_at: '2026-01-01T00:00:00Z',
    }),
    {
      job_name: 'hung',
      status: 'running',
      duration_ms: null,
      created_at: '2026-01-01T00:00:00Z',
    },
  )
  await app.readFigures()
  const read = await page()
  assert.equal(
    valueOf(read, 'event_detector_invocation_crashes_total', { function: String.raw`on \"quoted\"\n\\ line` }),
    1,
  )
  assert.equal(valueOf(read, 'event_detector_jobs_stuck', { job: 'hung' }), 1)
  assert.ok((valueOf(read, 'event_detector_figures_age_seconds', { figures: 'jobs' }) ?? -1) >= 0)
  assert.ok((valueOf(read, 'event_detector_statement_duration_seconds_count', { outcome: 'answered' }) ?? 0) > 10)
})

test('the page tells what the worker did, and how streamed trees ended', async (t) => {
  const tasks = [
    { name: 'links', failures: 2, age: 1500 },
    { name: 'rollups', failures: 0, age: undefined },
  ]
  const worker = { state: () => undefined, figures: () => ({ holdsLease: true, tasks }) }
  const { app, pool } = await service(t, { ...metrics, worker })
  const wide = await addInvocation(pool)
  await addJob(pool, wide)
  await pool.query(
    `insert into invocations (source_function, source_event_payload, source_job_id) select 'wide', '{}', id from job_executions, generate_series(1, 300)`,
  )
  const url = `/trees/${wide}?format=ndjson`
  assert.equal((await app.inject(url)).statusCode, 200)
  await app.inject({ method: 'HEAD', url })
  const page = parsePage((await app.inject('/metrics')).body)
  for (const [name, labels, value] of [
    ['worker_lease_held', {}, 1],
    ['worker_task_age_seconds', { task: 'links' }, 1.5],
    ['worker_task_age_seconds', { task: 'rollups' }, undefined],
    ['worker_task_failures_total', { task: 'links' }, 2],
    ['worker_task_failures_total', { task: 'rollups' }, 0],
    ['streams', {}, 0],
    ['streams_ended_total', { end: 'whole' }, 1],
    ['streams_ended_total', { end: 'left' }, 1],
    ['streams_ended_total', { end: 'failed' }, 0],
  ] as const)
    assert.equal(valueOf(page, `event_detector_${name}`, labels), value, `${name} ${JSON.stringify(labels)}`)
})

test('a database that cannot be read leaves the page as it was, and is told', async (t) => {
  const { app, pool } = await service(t, metrics)
  await app.readFigures()
  await pool.query('alter table job_executions rename to gone')
  await app.readFigures()
  const page = parsePage((await app.inject('/metrics')).body)
  assert.equal(valueOf(page, 'event_detector_figures_failures_total'), 1)
  assert.ok((valueOf(page, 'event_detector_figures_age_seconds', { figures: 'jobs' }) ?? -1) >= 0)
})

test('a writer that puts ids into names makes no more than 1,000 series of a family; the rest is other, and counted', async (t) => {
  const { app, pool } = await service(t, metrics)
  const root = await addInvocation(pool)
  await addJob(pool, root)
  await app.readFigures()
  await pool.query(
    `insert into job_executions (id, invocation_id, event_execution_id, job_name, status, duration_ms, created_at)
     select gen_random_uuid(), j.invocation_id, j.event_execution_id, 'job-' || n, 'failed', 5, now() from job_executions j, generate_series(1, 1500) n`,
  )
  await app.readFigures()
  const page = parsePage((await app.inject('/metrics')).body)
  const other = { function: 'other', job: 'other' }
  assert.equal(valueOf(page, 'event_detector_job_runs_total', other), 501)
  assert.equal(valueOf(page, 'event_detector_job_failures_total', other), 501)
  assert.equal(valueOf(page, 'event_detector_label_sets_as_other', { family: 'runs' }), 501)
  const { series } = page.get('event_detector_job_duration_seconds') ?? assert.fail()
  assert.ok(series.size > 800 && series.size <= 1000)
})
