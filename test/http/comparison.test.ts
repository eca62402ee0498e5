import assert from 'node:assert/strict'
import test from 'node:test'
import type pg from 'pg'
import { NOBODY } from '../support/endpoints.ts'
import { addInvocation, addJob } from '../support/rows.ts'
import { service } from '../support/service.ts'

const HOUR = 3_600_000

interface Comparison {
  verdict: string
  with: string | null
  sameShape: boolean | null
  open: boolean
  shape: { hash: string; line: string }
  otherShape: { hash: string } | null
  baseline: { trees: number; ofShape: number; shape: { hash: string } } | null
  differences: { count: number; data: Array<{ kind: string; name: string; id: string; p95Ms: number | null }> }
}

/** An order so many hours ago whose job led to a shipment, or to nothing; returns the ids of its root and its job. */
async function order(pool: pg.Pool, hours: number, { ships = true, took = 1000, status = 'completed' } = {}) {
  const at = (ms: number): string => new Date(Date.now() - hours * HOUR + ms).toISOString()
  const total_duration_ms = status === 'running' ? null : 100
  const root = await addInvocation(pool, {
    created_at: at(0),
    source_function: 'on-order-paid',
    status,
    total_duration_ms,
  })
  const job = await addJob(pool, root, { created_at: at(10), job_name: 'plan-shipment', duration_ms: took })
  if (ships) await addInvocation(pool, { created_at: at(500), source_function: 'on-shipment', source_job_id: job })
  return { root, job }
}

test('a tree is compared with the finished trees of its function from the week before', async (t) => {
  const { get, pool } = await service(t)
  const before = []
  for (let n = 0; n < 20; n += 1) before.push(await order(pool, 30 + n))
  await order(pool, 25, { status: 'running' })
  await order(pool, 8 * 24, { ships: false })
  const odd = await order(pool, 1, { ships: false, took: 5000 })
  const path = `/trees/${odd.job}/compare?from=root`
  const { json, headers } = await get<Comparison>(path)
  assert.deepEqual([json.with, json.sameShape, json.baseline?.trees, json.baseline?.ofShape], [null, false, 20, 20])
  assert.deepEqual(
    json.differences.data.map(({ kind, name, id, p95Ms }) => [kind, name, id, p95Ms]),
    [
      ['missing', 'on-shipment', odd.job, 100],
      ['slower', 'plan-shipment', odd.job, 1000],
    ],
  )
  assert.equal(
    json.verdict,
    'Function on-shipment is missing below plan-shipment (20 of 20 trees have it); job plan-shipment took 5000 ms, where p95 is 1000 ms.',
  )
  const { json: shapes } = await get<{ data: Array<{ hash: string; trees: number }> }>('/shapes?window=3d')
  assert.equal(shapes.data.find(({ trees }) => trees === 20)?.hash, json.otherShape?.hash)
  assert.equal((await get(path, { 'if-none-match': String(headers['etag']) })).status, 304)
  assert.equal(
    (await get(`${path}&format=text`)).text,
    `${json.verdict}

missing  function on-shipment  below on-order-paid → plan-shipment  in 20 of 20 trees  ${odd.job}
slower  job plan-shipment  below on-order-paid  5000 ms, p95 1000 ms  ${odd.job}

this tree: on-order-paid (plan-shipment)  ${json.shape.hash}
usual: on-order-paid (plan-shipment → on-shipment)  ${json.otherShape?.hash}
baseline: 20 trees, 20 of the usual shape
`,
  )
  const usual = await get<Comparison>(`/trees/${(await order(pool, 0.5)).root}/compare`)
  assert.deepEqual([usual.json.verdict, usual.json.sameShape], ['Nothing differs.', true])
})

test('a tree is compared with another one, and says so if there is too little history to call anything slow', async (t) => {
  const { get, pool } = await service(t)
  const [one, two] = [await order(pool, 3), await order(pool, 2, { ships: false, status: 'running' })]
  const { json } = await get<Comparison>(`/trees/${two.root}/compare?with=${one.job}`)
  assert.deepEqual([json.with, json.sameShape, json.open, json.baseline], [one.root, false, true, null])
  assert.deepEqual(
    json.differences.data.map(({ kind, name }) => [kind, name]),
    [['missing', 'on-shipment']],
  )
  assert.match(
    json.verdict,
    /it is not over, so what is missing may still come; there is no baseline: 1 finished trees/,
  )
  const { json: alone } = await get<Comparison>(`/trees/${one.root}/compare`)
  assert.deepEqual([alone.sameShape, alone.differences.count, alone.otherShape], [null, 0, null])
  assert.match(alone.verdict, /^There is no baseline: 0 finished trees/)
  for (const [path, status] of [
    [`/trees/${NOBODY}/compare?with=${one.root}`, 404],
    [`/trees/${one.root}/compare?with=${NOBODY}`, 404],
    [`/trees/${one.root}/compare?with=usual`, 400],
    [`/trees/${one.root}/compare?maxNodes=10001`, 400],
  ] as const)
    assert.equal((await get(path)).status, status, path)
})
