import assert from 'node:assert/strict'
import test from 'node:test'
import { addInvocation, addJob } from '../support/rows.ts'
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
