import assert from 'node:assert/strict'
import test from 'node:test'
import { startWorker } from '../../src/workers/worker.ts'
import { summaryTask } from '../../src/workers/summaries/task.ts'
import { memoryLog } from '../support/log.ts'
import { addInvocation, addJob } from '../support/rows.ts'
import { service } from '../support/service.ts'
import { onTeardown } from '../support/teardown.ts'
import { until } from '../support/until.ts'

const HOUR = 3_600_000
const ago = (hours: number): string => new Date(Date.now() - hours * HOUR).toISOString()
const rules = { staleAfter: 90_000_000, linkWay: 'overlay', summaries: true } as const

interface List {
  data: Array<{ root: { id: string }; invocations: number; status: string; durationMs: number | null }>
}

test('the worker sums up trees as they come, and again when one has ended, has grown or is gone', async (t) => {
  const { pool, url, get } = await service(t, { rules })
  const old = await addInvocation(pool, { created_at: ago(20), status: 'running', total_duration_ms: null })
  const done = await addInvocation(pool, { created_at: ago(0.1), total_duration_ms: 40 })
  const job = await addJob(pool, done, { created_at: ago(0.1), duration_ms: 20 })
  const { log, lines } = memoryLog()
  const worker = startWorker({
    connection: { connectionString: url },
    tasks: (signal) => [summaryTask(rules, log, signal)],
    refuseToWrite: async () => undefined,
    log,
  })
  onTeardown(t, () => worker.stop())
  const trees = async () => (await get<List>(`/trees?minInvocations=1&window=30h`)).json.data ?? []
  const shown = async () => (await trees()).map(({ root, invocations, status }) => [root.id, invocations, status])
  await until('all hours are summed up', () => lines().some(({ msg }) => /trees of all 21 hours since/.test(msg)))
  assert.deepEqual(await shown(), [
    [done, 1, 'completed'],
    [old, 1, 'running'],
  ])
  const fresh = await addInvocation(pool, { source_job_id: job, created_at: ago(0) })
  await until('what a job led to is part of its tree', async () => (await trees())[0]?.invocations === 2)
  await pool.query(`update invocations set status = 'failed', total_duration_ms = 5 where id = $1`, [old])
  await until('what has ended is summed up again', async () => (await trees())[1]?.status === 'failed')
  await pool.query('delete from invocations where id = any($1)', [[done, fresh]])
  await until('what is gone is removed', async () => {
    const { rows } = await pool.query<{ root_id: string }>('select root_id from observability_trees')
    return rows.length === 1
  })
  assert.deepEqual(await shown(), [[old, 1, 'failed']])
  assert.match(worker.state('summaries')?.detail ?? '', /^Trees were summed up, or none was due, [\d.]+ s ago$/)
})
