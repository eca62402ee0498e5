import assert from 'node:assert/strict'
import test from 'node:test'
import { changeLinks } from '../../src/workers/links/change.ts'
import { examinerOf } from '../../src/workers/links/examine.ts'
import { undoing } from '../../src/workers/links/mend.ts'
import { scanLinks } from '../../src/workers/links/scan.ts'
import { forgetHours } from '../../src/queries/rollups/hours.ts'
import { rebuildHours } from '../../src/workers/rollups/rebuild.ts'
import { countUnderLease, rollupTask, rollupWork } from '../../src/workers/rollups/task.ts'
import { startWorker } from '../../src/workers/worker.ts'
import { linkWriter } from '../support/links.ts'
import { memoryLog } from '../support/log.ts'
import { countDue, counter, recount } from '../support/rollups.ts'
import { addInvocation, addJob } from '../support/rows.ts'
import { service } from '../support/service.ts'
import { onTeardown } from '../support/teardown.ts'
import { until } from '../support/until.ts'

const HOUR = 3_600_000
const thisHour = Math.floor(Date.now() / HOUR) * HOUR
const ago = (hours: number): string => new Date(thisHour - hours * HOUR).toISOString()
const day = `from=${ago(24)}&to=${ago(0)}`
const rules = { staleAfter: 900_000, linkWay: 'overlay', rollups: true } as const

interface Answer {
  data: Array<{ name: string; runs: number; failed: number }>
  page: { rollups: { countedAt: string } | null; examined: number }
}

test('the worker counts what has ended, and answers follow what arrives late or ends', async (t) => {
  const { pool, url, get } = await service(t, { rules })
  const root = await addInvocation(pool, { created_at: ago(4.5) })
  const old = await addJob(pool, root, { created_at: ago(4.5), status: 'running', duration_ms: null })
  const { log, lines } = memoryLog()
  const worker = startWorker({
    connection: { connectionString: url },
    tasks: (signal) => [rollupTask('overlay', log, signal)],
    refuseToWrite: async () => undefined,
    log,
  })
  onTeardown(t, () => worker.stop())
  const jobs = async () => (await get<Answer>(`/jobs/stats?${day}`)).json
  await until('all hours are counted', () => lines().some(({ msg }) => /all 5 hours since/.test(msg)))
  const { page } = await jobs()
  assert.ok(page.rollups && Date.parse(page.rollups.countedAt) <= Date.now() + 1000)
  await pool.query(`update job_executions set status = 'failed', duration_ms = 5 where id = $1`, [old])
  await until('what ran has ended', async () => (await jobs()).data[0]?.failed === 1)
  await addJob(pool, root, { created_at: ago(1.5) })
  await until('what came late counts', async () => (await jobs()).data[0]?.runs === 2)
  assert.match(worker.state('rollups')?.detail ?? '', /^Hours were counted, or none was due, [\d.]+ s ago$/)
})

test('hours that hold too many names, or were counted with other links, are read from their rows', async (t) => {
  const { pool, url, get } = await service(t, { rules })
  const root = await addInvocation(pool, { created_at: ago(3.5) })
  await pool.query(
    `insert into event_executions (id, invocation_id, event_name, created_at) select gen_random_uuid(), $1, 'looked for ' || n, $2 from generate_series(1, 5001) n`,
    [root, ago(3.5)],
  )
  await addJob(pool, root, { created_at: ago(3.4) })
  const counting = await counter(t, url)
  assert.equal(await recount(counting, 'overlay'), 4)
  const { rows } = await pool.query<{ hour: Date }>('select hour from observability_hours where cut')
  assert.deepEqual(
    rows.map(({ hour }) => hour.toISOString()),
    [ago(4)],
  )
  const { page, data } = (await get<Answer>(`/jobs/stats?${day}`)).json
  assert.deepEqual([data[0]?.runs, page.rollups !== null], [1, true], 'the other hours were counted')
  await recount(counting, 'column')
  assert.equal((await get<Answer>(`/jobs/stats?${day}`)).json.page.rollups, null)
  assert.equal(await countDue(counting, 'overlay'), 4, 'they are counted again')
})

test('hours whose rows are gone are forgotten with their figures, and hours whose links have changed are counted first', async (t) => {
  const { pool, url } = await service(t, { rules })
  const { writer, lease } = await linkWriter(t, url)
  const { signal } = new AbortController()
  const old = await addInvocation(pool, { created_at: ago(40.5) })
  await addJob(pool, await addInvocation(pool, { created_at: ago(30.5) }), { created_at: ago(30.5) })
  const job = await addJob(pool, await addInvocation(pool, { created_at: ago(6.5) }), { created_at: ago(6.5) })
  const lost = await addInvocation(pool, {
    created_at: ago(6.4),
    source_event_payload: JSON.stringify({ __sourceJobId: job }),
  })
  await rebuildHours({
    writer,
    lease,
    hours: rollupWork('overlay'),
    forget: forgetHours,
    signal,
    progress: () => undefined,
  })
  const first = async () =>
    (await pool.query<{ hour: Date }>('select min(hour) as hour from observability_hours')).rows[0]?.hour
  assert.equal((await first())?.toISOString(), ago(41))
  await pool.query('delete from invocations where id = $1', [old])
  const task = rollupTask('overlay', memoryLog().log, signal)
  await task.tick(writer, lease)
  assert.equal((await first())?.toISOString(), ago(31))
  const { rows } = await pool.query('select from observability_rollups where begins_at < $1', [ago(31)])
  assert.equal(rows.length, 0)

  const uncounted = async () =>
    (await pool.query<{ hour: Date }>('select hour from observability_hours where version = 0 order by hour')).rows.map(
      ({ hour }) => hour.toISOString(),
    )
  await scanLinks(
    { writer, examiner: examinerOf({ maxAge: HOUR, paths: [] }), window: { from: null, to: null }, signal },
    { lease, name: 'scan' },
  )
  assert.deepEqual(await uncounted(), [ago(7), ago(6)], lost)
  await until('they are counted again', async () => {
    await task.tick(writer, lease)
    return (await uncounted()).length === 0
  })
  await changeLinks(undoing, { writer, lease, window: { from: null, to: null }, signal, patience: 0 })
  assert.deepEqual(await uncounted(), [ago(7), ago(6)])
})

test('an hour that takes too long to count is left to its rows, and older ones are counted', async (t) => {
  const { pool, url, get } = await service(t, { rules })
  const { writer, lease } = await linkWriter(t, url)
  const root = await addInvocation(pool, { created_at: ago(2.5) })
  await addJob(pool, root, { created_at: ago(1.5) })
  await pool.query(
    `insert into job_executions (id, invocation_id, event_execution_id, job_name, created_at)
     select gen_random_uuid(), invocation_id, event_execution_id, 'job ' || n, created_at from job_executions, generate_series(1, 3000) n`,
  )
  await rollupWork('overlay', { statementTimeout: 1, lockTimeout: 1000 }).work(writer, lease, ago(2))
  await countUnderLease(writer, lease, ago(3), 'overlay')
  const { rows } = await pool.query('select cut, took_ms from observability_hours order by hour desc')
  assert.deepEqual([rows[0], rows[1].cut], [{ cut: true, took_ms: 1 }, false])
  const { page } = (await get<Answer>(`/jobs/stats?${day}`)).json
  assert.deepEqual([page.examined, page.rollups !== null], [3001, true])
  await countUnderLease(writer, lease, ago(2), 'overlay')
  assert.equal((await pool.query('select from observability_hours where cut')).rowCount, 0, 'it was in time')
})
