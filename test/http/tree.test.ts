import assert from 'node:assert/strict'
import test from 'node:test'
import { addEvent, addInvocation, addJob } from '../support/rows.ts'
import { service } from '../support/service.ts'

interface TreeAnswer {
  tree: { id: string; jobs: Array<{ name: string; triggered: Array<{ sourceFunction: string }> }> }
}

test('GET /trees/:id nests what each job triggered', async (t) => {
  const { get, pool } = await service(t)
  const root = await addInvocation(pool)
  const job = await addJob(pool, root, { job_name: 'capture-payment' })
  await addInvocation(pool, { source_job_id: job, source_function: 'on-payment-captured' })
  const { json } = await get<TreeAnswer>(`/trees/${root}`)
  assert.equal(json.tree.id, root)
  assert.equal(json.tree.jobs[0]?.triggered[0]?.sourceFunction, 'on-payment-captured')
})

test('with include=events the text names the detected events of each node, and what became of them', async (t) => {
  const { get, pool } = await service(t)
  const root = await addInvocation(pool)
  await addEvent(pool, root, { event_name: 'order-placed', created_at: '2026-11-22T09:00:00Z' })
  await addEvent(pool, root, { event_name: 'stock-low', status: 'handler_failed', created_at: '2026-11-22T09:00:01Z' })
  await addEvent(pool, root, { event_name: 'order-cancelled', detected: false, status: 'not_detected' })
  const { text } = await get(`/trees/${root}?format=text&include=events`)
  assert.match(text, / {2}0 jobs {2}2 of 3 events: order-placed, stock-low \(handler_failed\) {2}/)
  assert.doesNotMatch((await get(`/trees/${root}?format=text`)).text, /events/)
})
