import assert from 'node:assert/strict'
import { once } from 'node:events'
import http from 'node:http'
import test from 'node:test'
import type pg from 'pg'
import { pino } from 'pino'
import { createReader } from '../../src/db/pool/pool.ts'
import { ask } from '../support/embedded.ts'
import { assertProblem } from '../support/problem.ts'
import { addInvocation, addJob, addLargeTree } from '../support/rows.ts'
import { service } from '../support/service.ts'
import { replicated } from '../support/standby.ts'
import { onTeardown } from '../support/teardown.ts'
import { until } from '../support/until.ts'

/** What a primary does that its standby can replay only when nobody there looks any more. */
const conflicts: Array<[what: string, happen: (pool: pg.Pool) => Promise<unknown>]> = [
  ['a migration adds a column', (pool) => pool.query('alter table public.invocations add column added_by_a_test text')],
  ['an index is dropped', (pool) => pool.query('drop index public.invocations_triggered_by_job')],
  [
    'rows are deleted and vacuumed away',
    async (pool) => {
      await pool.query(
        `delete from public.invocations where id in (select id from public.invocations where source_function = 'wide' limit 100)`,
      )
      await pool.query('vacuum public.invocations')
    },
  ],
]

test('on a hot standby, what it must replay ends a stream with its error line', async (t) => {
  const { pool, url, caughtUp } = await replicated(t, { max_standby_streaming_delay: '0' })
  const path = await addLargeTree(pool)
  await caughtUp()
  const shown = await service(t, {}, { url, pool })
  const base = await shown.listen()
  for (const [what, happen] of conflicts) {
    const request = http.get(`${base}${path}?format=ndjson`)
    onTeardown(t, () => request.destroy())
    const [response] = (await once(request, 'response')) as [http.IncomingMessage]
    assert.equal(response.statusCode, 200, what)
    response.once('readable', () => undefined)
    await until('the first nodes', () => response.readableLength > 10_000)
    await happen(pool)
    await caughtUp()
    let text = ''
    for await (const piece of response) text += String(piece)
    const { type, problem } = JSON.parse(text.trimEnd().split('\n').at(-1) ?? '') as {
      type: string
      problem?: { status: number; detail: string }
    }
    assert.deepEqual(
      [type, problem?.status, problem?.detail],
      ['error', 503, 'The database had to stop the query (a replica does so when it falls behind)'],
      what,
    )
    assert.equal((await shown.get('/jobs')).status, 200, what)
  }
})

test('on a hot standby, a statement that stands in the way of what it must replay is 503, and a changed type too', async (t) => {
  const { pool, url, caughtUp } = await replicated(t, { max_standby_streaming_delay: '0' })
  const root = await addInvocation(pool)
  await addJob(pool, root)
  await caughtUp()
  const db = createReader()
  db.start({
    url,
    size: 1,
    connectTimeout: 5000,
    statementTimeout: 30_000,
    lockTimeout: 30_000,
    log: pino({ level: 'silent' }),
  })
  onTeardown(t, () => db.end())
  const { get } = await service(t, { db }, { url, pool })
  const paths = ['/chains', `/trees/${root}`, `/trees/${root}?format=ndjson`, `/invocations/${root}`]
  for (const path of paths) {
    const owner = await pool.connect()
    try {
      // The answer holds a lock on the invocations and waits for the one on the jobs, which stands on the standby as on the primary.
      await owner.query('begin; lock table public.job_executions in access exclusive mode')
      await caughtUp()
      const answer = get(path)
      await until(
        'it waits',
        async () =>
          (
            await ask(
              url,
              `select 1 from pg_stat_activity where wait_event_type = 'Lock' and application_name = 'event-detector-observability'`,
            )
          ).length > 0,
      )
      await pool.query('alter table public.invocations alter column source_system set default null')
      await caughtUp()
      const stopped = await answer
      assertProblem('unavailable', stopped)
      assert.match(String(stopped.headers['retry-after']), /^[1-9]\d*$/, path)
    } finally {
      await owner.query('rollback')
      owner.release()
    }
    await caughtUp()
    assert.equal((await get(path)).status, 200, path)
  }
  // The connection keeps a plan of this statement.
  assert.equal((await get('/jobs')).status, 200)
  await pool.query('alter table public.job_executions alter column created_at type timestamptz(3)')
  await caughtUp()
  assertProblem('unavailable', await get('/jobs'))
  assert.equal((await get('/jobs')).status, 200)
})
