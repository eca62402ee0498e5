import assert from 'node:assert/strict'
import test from 'node:test'
import { rollupTask } from '../../src/workers/rollups/task.ts'
import { startWorker } from '../../src/workers/worker.ts'
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
