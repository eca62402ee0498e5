import assert from 'node:assert/strict'
import test from 'node:test'
import { addInvocation, addJob } from '../support/rows.ts'
import { service } from '../support/service.ts'

const at = Date.parse('2026-11-22T09:00:00Z')
const day = 'from=2026-11-22T00:00:00Z&to=2026-11-23T00:00:00Z&format=text'
const foot = 'from 2026-11-22T00:00:00.000000Z to 2026-11-23T00:00:00.000000Z\n'

test('what did not follow, shapes and costs are lines of text for people', async (t) => {
  const { get, pool } = await service(t)
  const run = async (minutes: number, follows: boolean): Promise<{ root: string; job: string }> => {
    const created_at = new Date(at + minutes * 60_000).toISOString()
    const root = await addInvocation(pool, { created_at, source_function: 'on order, paid', total_duration_ms: 10 })
    const job = await addJob(pool, root, { created_at, job_name: 'plan-shipment', duration_ms: 1000 })
    if (follows)
      await addInvocation(pool, {
        created_at: new Date(at + minutes * 60_000 + 1500).toISOString(),
        source_function: 'on-shipment-planned',
        source_job_id: job,
        total_duration_ms: 500,
      })
    return { root, job }
  }
  for (let n = 0; n < 20; n += 1) await run(-24 * 60 + n, true)
  const followed = await run(0, true)
  const lost = await run(1, false)

  const missing = await get(`/missing?${day}`)
  assert.equal(missing.headers['content-type'], 'text/plain; charset=utf-8')
  assert.equal(
    missing.text,
    `job plan-shipment → function on-shipment-planned  missing after 1 of 2 runs (50.0 %)  followed 100.0 % of 20 runs before
  2026-11-22T09:01:00.000000Z  completed  ${lost.job}

1 step did not follow, ${foot}2 steps normally follow, as learnt from the 7.0 days before
`,
  )
  const shapes = (await get(`/shapes?${day}&sort=-invocations`)).text
  assert.equal(
    shapes.replaceAll(/ {2}[0-9a-f]{16} {2}/g, '  HASH  '),
    `1 tree  none failed  p50 2000 ms  p95 2000 ms  p99 2000 ms  "on order, paid" (plan-shipment → on-shipment-planned)  HASH  ${followed.root}
1 tree  none failed  p50 1000 ms  p95 1000 ms  p99 1000 ms  "on order, paid" (plan-shipment)  HASH  ${lost.root}

2 shapes, ${foot}`,
  )
  const paths = (await get(`/critical-paths?${day}&compareTo=previous&limit=2`)).text
  assert.equal(
    paths.replace(/cursor=.*/, 'cursor=CURSOR'),
    `2 runs  p50 1000 ms  p95 2000 ms  p99 2000 ms  working 83.3 %  waiting 16.7 %
before: 20 runs  p50 2000 ms  p95 2000 ms  p99 2000 ms  working 75.0 %  waiting 25.0 %

66.7 %  2000 ms  job plan-shipment  in 2 runs  p50 1000 ms  p95 1000 ms  before: 50.0 %
16.7 %  500 ms  waiting for invocation on-shipment-planned  in 1 run  p50 500 ms  p95 500 ms  before: 25.0 %

p50  1000 ms  ${lost.root}
p95  2000 ms  ${followed.root}
worst  2000 ms  ${followed.root}

2 of 4 costs, ${foot}the next page: cursor=CURSOR
`,
  )
})

test('text says that a filter meets no name, and that few links are known, before anything else', async (t) => {
  const { get, pool } = await service(t)
  const created_at = new Date(at).toISOString()
  const job = await addJob(pool, await addInvocation(pool, { created_at }), { created_at })
  for (let n = 0; n < 3; n += 1)
    await addInvocation(pool, { source_event_payload: JSON.stringify({ __sourceJobId: job }) })
  assert.match(
    (await get(`/shapes?${day}&rootFunction=on-order-creatd`)).text,
    /^Only 0 % of the links are known: .*\n\n0 shapes, .*\nno row of the window has rootFunction on-order-creatd: the nearest are on-order-created\n$/,
  )
})
