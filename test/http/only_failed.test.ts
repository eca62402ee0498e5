import assert from 'node:assert/strict'
import test from 'node:test'
import { forest, insertForest, seeds } from '../support/forest.ts'
import * as reference from '../support/analysis.ts'
import { addEvent, addInvocation, addJob } from '../support/rows.ts'
import { service } from '../support/service.ts'

interface Flat {
  pruned?: number
  summary: { invocations: number }
  nodes: Array<{ id: string; parentId: string | null }>
}

for (const seed of seeds) {
  test(`only=failed shows the start, what failed, and all on the way to it (forest of seed ${seed})`, async (t) => {
    const { get, pool } = await service(t)
    const rows = forest(seed, 250, Date.parse('2026-11-22T09:00:00Z'))
    await insertForest(pool, rows)
    const facts = await reference.factsOf(pool)
    const failing = new Set([
      ...facts.invocations.filter(reference.failed).map(({ id }) => id),
      ...facts.jobs.filter(reference.failed).map(({ invocation }) => invocation),
    ])
    let pruned = 0
    for (const { id } of rows.invocations.filter(({ source_job_id }) => source_job_id === null)) {
      const { json: whole } = await get<Flat>(`/trees/${id}?shape=flat`)
      const parent = new Map(whole.nodes.map((node) => [node.id, node.parentId]))
      const wanted = new Set([id])
      for (const node of whole.nodes.filter((each) => failing.has(each.id)))
        for (let at: string | null | undefined = node.id; at; at = parent.get(at)) wanted.add(at)
      const { json } = await get<Flat>(`/trees/${id}?shape=flat&only=failed`)
      assert.deepEqual(new Set(json.nodes.map((node) => node.id)), wanted)
      assert.deepEqual([json.pruned, json.summary.invocations], [whole.nodes.length - wanted.size, whole.nodes.length])
      const { text } = await get(`/trees/${id}?format=ndjson&only=failed`)
      assert.equal(text.match(/^\{"type":"node"/gm)?.length, wanted.size)
      assert.equal((await get(`/trees/${id}?only=failed`)).status, 200)
      pruned += json.pruned ?? 0
    }
    assert.ok(pruned > 20, `${pruned} were pruned`)
  })
}

test('as text each error stands below its invocation, in one line', async (t) => {
  const { get, pool } = await service(t)
  const created_at = '2026-11-22T09:00:00.000Z'
  const root = await addInvocation(pool, { created_at })
  const fine = await addJob(pool, root, { created_at, job_name: 'fine' })
  await addJob(pool, root, {
    created_at,
    job_name: 'charge',
    status: 'failed',
    error_message: 'Declined\n    at x (/srv/x.js:1:2)',
  })
  await addInvocation(pool, { created_at, source_job_id: fine, source_function: 'on-fine' })
  const crashed = await addInvocation(pool, { created_at, source_job_id: fine, source_function: 'on-crash' })
  await addEvent(pool, crashed, { created_at, status: 'handler_failed', handler_error: 'Handler crashed: no lines' })
  await addJob(pool, crashed, { created_at, job_name: 'mute', status: 'failed' })
  const { text } = await get(`/trees/${root}?only=failed&format=text`)
  assert.deepEqual(
    text.split('\n').map((line) => line.replace(/ {2}(completed|failed).*/, '')),
    [
      'on-order-created',
      '  ! charge: Declined',
      '  fine → on-crash',
      '    ! order-placed: Handler crashed: no lines',
      '    ! mute: no message',
      '',
      '3 invocations, 3 jobs; failed: 1 invocation, 2 jobs; running: 0; stale: 0; 100 ms from start to end',
      '1 invocation in which nothing failed is left out',
      '',
    ],
  )
})
