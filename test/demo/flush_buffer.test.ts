import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Random } from '../../src/demo/random.ts'
import { instant, type EventRow, type InvocationRow, type JobRow } from '../../src/demo/rows.ts'
import { seenAt, type Invoked } from '../../src/demo/seen.ts'
import { FlushBuffer } from '../../src/demo/flush-buffer.ts'

/** An invocation of `duration` ms with one event found after 10 ms, whose one job takes all but the last 10 ms. */
function invoked(id: string, at: number, duration: number, sourceJobId: string | null = null): Invoked {
  const common = { updated_at: instant(at + duration), correlation_id: null }
  return {
    invocation: {
      ...common,
      id,
      created_at: instant(at),
      source_job_id: sourceJobId,
      status: 'completed',
      total_duration_ms: duration,
      events_detected_count: 1,
      total_jobs_run: 1,
      total_jobs_succeeded: 1,
      total_jobs_failed: 0,
      error_message: null,
      error_stack: null,
    } as InvocationRow,
    events: [
      {
        ...common,
        id: `${id}-event`,
        created_at: instant(at + 10),
        detected: true,
        status: 'completed',
        handler_duration_ms: duration - 20,
        jobs_count: 1,
        jobs_succeeded: 1,
      } as EventRow,
    ],
    jobs: [
      {
        ...common,
        id: `${id}-job`,
        created_at: instant(at + 10),
        status: 'completed',
        duration_ms: duration - 20,
        result: '{}',
        error_message: null,
      } as JobRow,
    ],
  }
}

/** What the writer writes in the first `until` ms, by 100 ms. */
function written(
  buffer: FlushBuffer,
  until: number,
): { at: number; ids: string[]; statuses: string[]; links: (string | null)[] }[] {
  const flushes = []
  for (let at = 0; at <= until; at += 100) {
    const { rows, wrote } = buffer.due(at)
    if (rows.invocations.length === 0) continue
    wrote()
    flushes.push({
      at,
      ids: rows.invocations.map(({ id }) => id),
      statuses: rows.invocations.map(({ status }) => status),
      links: rows.invocations.map(({ source_job_id }) => source_job_id),
    })
  }
  return flushes
}

function bufferOf(...tree: Invoked[]): FlushBuffer {
  const buffer = new FlushBuffer()
  buffer.add(tree, new Random(1, 0, 0))
  return buffer
}

test('a short call appears once, already finished', () => {
  const flushes = written(bufferOf(invoked('a', 0, 200)), 20_000)
  assert.deepEqual(
    flushes.map(({ statuses }) => statuses),
    [['completed']],
  )
})

test('a long call appears running, is written every 5 s, and is finished at its end', () => {
  const flushes = written(bufferOf(invoked('a', 0, 12_000)), 30_000)
  assert.deepEqual(flushes.at(-1), { at: 12_000, ids: ['a'], statuses: ['completed'], links: [null] })
  const before = flushes.slice(0, -1)
  assert.ok(before.length >= 2 && before.every(({ statuses }) => statuses[0] === 'running'))
  assert.ok(
    flushes.every(({ at }, i) => at - (flushes[i - 1]?.at ?? 0) <= 5000),
    'never more than 5 s between two',
  )
})

test('what could not be written stays due', () => {
  const buffer = bufferOf(invoked('a', 0, 200))
  assert.equal(buffer.due(300).rows.invocations.length, 1)
  assert.equal(buffer.due(400).rows.invocations.length, 1)
  assert.equal(buffer.size, 1)
  buffer.due(500).wrote()
  assert.equal(buffer.size, 0)
})

test('a link waits until the triggering job is written', () => {
  const flushes = written(bufferOf(invoked('parent', 0, 9000), invoked('child', 100, 200, 'parent-job')), 30_000)
  const parent = flushes.findIndex(({ ids }) => ids.includes('parent'))
  const child = flushes.findIndex(({ ids }) => ids.includes('child'))
  assert.ok(parent < child, 'never in the same transaction: the foreign key is checked at once')
  assert.deepEqual(flushes[child]?.links, ['parent-job'])
})

test('after 12 s in vain the link is dropped', () => {
  const flushes = written(bufferOf(invoked('child', 0, 200, 'never-written')), 30_000)
  assert.deepEqual(
    flushes.map(({ links }) => links),
    [[null]],
  )
  assert.ok((flushes[0]?.at ?? 0) >= 12_000)
})

test('forgotten links are dropped too', () => {
  const buffer = bufferOf(invoked('parent', 0, 100), invoked('child', 200, 20_000, 'parent-job'))
  written(buffer, 10_000)
  buffer.forgetLinks()
  const { rows } = buffer.due(20_200)
  assert.deepEqual(
    rows.invocations.map(({ source_job_id }) => source_job_id),
    [null],
  )
})

test('before its end an invocation shows only what has begun', () => {
  const rows = invoked('a', 0, 1000)
  const early = seenAt(rows, 5)
  assert.deepEqual(
    [early.invocation.status, early.invocation.total_duration_ms, early.events, early.jobs],
    ['running', null, [], []],
  )
  const middle = seenAt(rows, 500)
  assert.equal(middle.invocation.total_jobs_run, 0)
  assert.deepEqual(
    [
      middle.events[0]?.status,
      middle.events[0]?.handler_duration_ms,
      middle.jobs[0]?.status,
      middle.jobs[0]?.duration_ms,
      middle.jobs[0]?.result,
    ],
    ['handling', null, 'running', null, null],
  )
  const late = seenAt(rows, 995)
  assert.deepEqual(
    [late.invocation.status, late.events[0]?.status, late.jobs[0]?.status],
    ['running', 'completed', 'completed'],
  )
  assert.equal(seenAt(rows, 1000), rows)
})
