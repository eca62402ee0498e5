import assert from 'node:assert/strict'
import { test } from 'node:test'
import { invoke } from '../../src/demo/invocation.ts'
import { ordinaryRoot } from '../../src/demo/roots.ts'
import { createWorld } from '../../src/demo/world.ts'

test('what is cut off by the end of the data triggers nothing from jobs that are not there, not even with a clock that is behind', () => {
  const at = Date.parse('2026-11-22T12:00:00Z')
  const world = createWorld({ seed: 7, epoch: 0, thin: true, pace: 1, until: at + 20, room: 1_000_000 })
  let cut = 0
  for (let i = 0; i < 8000; i++) {
    const { rows, calls } = invoke(world, ordinaryRoot(world, at))
    const jobs = new Set(rows.jobs.map(({ id }) => id))
    assert.ok(calls.every(({ cause, createdAt }) => cause !== null && jobs.has(cause.jobId) && createdAt <= at + 20))
    assert.ok(rows.events.every(({ created_at }) => Date.parse(created_at) <= at + 20))
    cut += rows.invocation.status === 'running' ? 1 : 0
  }
  assert.ok(cut > 6000)
})
