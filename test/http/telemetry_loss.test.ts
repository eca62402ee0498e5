import assert from 'node:assert/strict'
import test from 'node:test'
import { addEvent, addInvocation, addJob } from '../support/rows.ts'
import { service } from '../support/service.ts'

interface Told {
  telemetryLoss?: { expectedJobs: number | null; recordedJobs: number }
  jobs: { run: number; count: number }
}

test('a counter that disagrees with the rows is told in the detail, in the tree and of the event, while nothing runs', async (t) => {
  const { get, pool } = await service(t)
  const of = async (columns: Record<string, unknown>, jobs: number) => {
    const id = await addInvocation(pool, { status: 'completed', ...columns })
    const event = await addEvent(pool, id, { jobs_count: columns['total_jobs_run'] })
    for (let nth = 0; nth < jobs; nth += 1) await addJob(pool, id, { event_execution_id: event })
    const { json: detail } = await get<Told>(`/invocations/${id}`)
    const { json: nested } = await get<{ tree: Told }>(`/trees/${id}`)
    const { json: flat } = await get<{ nodes: Told[] }>(`/trees/${id}?shape=flat`)
    const { json: ofEvent } = await get<Told>(`/events/${event}`)
    assert.deepEqual(
      [nested.tree.telemetryLoss, flat.nodes[0]?.telemetryLoss],
      [detail.telemetryLoss, detail.telemetryLoss],
    )
    return [detail.telemetryLoss, ofEvent.telemetryLoss]
  }
  const crashed = { expectedJobs: 0, recordedJobs: 1 }
  assert.deepEqual(await of({ total_jobs_run: 0 }, 1), [crashed, crashed])
  assert.deepEqual(await of({ total_jobs_run: 2 }, 2), [undefined, undefined])
  const lost = { expectedJobs: 3, recordedJobs: 0 }
  assert.deepEqual(await of({ total_jobs_run: 3 }, 0), [lost, lost])
  const unknown = { expectedJobs: null, recordedJobs: 1 }
  assert.deepEqual(await of({ total_jobs_run: -4 }, 1), [unknown, unknown])
  const [whileRunning] = await of({ total_jobs_run: 0, status: 'running', total_duration_ms: null }, 1)
  assert.equal(whileRunning, undefined)
  const { rows } = await pool.query<{ dead: string }>(`select (now() - interval '1 hour')::text as dead`)
  const dead = { status: 'running', total_duration_ms: null, created_at: rows[0]?.dead ?? '' }
  const killed = await addInvocation(pool, { ...dead, total_jobs_run: 0 })
  const event = await addEvent(pool, killed, { status: 'handling', jobs_count: 0, created_at: dead.created_at })
  await addJob(pool, killed, { event_execution_id: event, created_at: dead.created_at })
  for (const path of [`/invocations/${killed}`, `/events/${event}`])
    assert.deepEqual((await get<Told>(path)).json.telemetryLoss, crashed, path)
  const { json } = await get<{ tree: Told }>(`/trees/${killed}`)
  assert.deepEqual(json.tree.telemetryLoss, crashed, 'of what is stale nobody will write the counter')
})

test('jobs beyond what a tree shows of one invocation are recorded all the same', async (t) => {
  const { get, pool } = await service(t)
  const id = await addInvocation(pool, { total_jobs_run: 1001 })
  const event = await addEvent(pool, id, { jobs_count: 1001 })
  await pool.query(
    "insert into job_executions (invocation_id, event_execution_id, job_name, status) select $1, $2, 'many', 'completed' from generate_series(1, 1001)",
    [id, event],
  )
  for (const path of [`/invocations/${id}`, `/events/${event}`])
    assert.equal((await get<Told>(path)).json.telemetryLoss, undefined)
  assert.equal((await get<{ tree: Told }>(`/trees/${id}`)).json.tree.telemetryLoss, undefined)
})
