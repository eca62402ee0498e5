import assert from 'node:assert/strict'
import test from 'node:test'
import { rowsOf } from '../support/pages.ts'
import { assertProblem } from '../support/problem.ts'
import { addEvent, addInvocation, addJob } from '../support/rows.ts'
import { service } from '../support/service.ts'

interface Shown {
  id: string
  invocationId: string
  detected: boolean
}

const idsOf = (rows: Array<{ id: string }>): string[] => rows.map(({ id }) => id)

test('events that were not detected are listed only together with an invocation or a name, and the refusal says so', async (t) => {
  const shown = await service(t)
  const { get, pool } = shown
  const id = await addInvocation(pool)
  const detected = await addEvent(pool, id, { event_name: 'order-placed' })
  const not = await addEvent(pool, id, { event_name: 'order-placed', detected: false, status: 'not_detected' })
  const allowed = 'true, or given together with invocationId or name'
  for (const query of ['detected=false', 'detected=any', 'detected=any&status=failed&window=1h'])
    assert.deepEqual(
      assertProblem('invalid-request', await get(`/events?${query}`)).errors,
      [{ parameter: 'detected', given: /=(\w+)/.exec(query)?.[1], allowed }],
      query,
    )
  for (const [query, expected] of [
    ['', [detected]],
    ['detected=true', [detected]],
    [`invocationId=${id}`, [detected]],
    [`invocationId=${id}&detected=any&order=asc`, [detected, not]],
    ['name=order-placed&detected=false', [not]],
    ['name=order-placed&detected=any&order=asc', [detected, not]],
    ['name=order-placed', [detected]],
  ] as const)
    assert.deepEqual(idsOf(await rowsOf<Shown>(shown, `/events?${query}`)), expected, query)
})

test('a cursor belongs to the value of detected that it was made with', async (t) => {
  const { get, pool } = await service(t)
  const id = await addInvocation(pool)
  for (let nth = 0; nth < 3; nth += 1) await addEvent(pool, id)
  const { json } = await get<{ page: { nextCursor: string } }>('/events?limit=1')
  const cursor = `cursor=${json.page.nextCursor}`
  assert.equal((await get(`/events?limit=1&detected=true&${cursor}`)).status, 200)
  const answer = await get(`/events?limit=1&name=order-placed&detected=any&${cursor}`)
  assert.equal(assertProblem('invalid-request', answer).errors?.[0]?.parameter, 'cursor')
})

test('the events of an invocation are found through it, whenever they were, and each shows where it belongs', async (t) => {
  const shown = await service(t)
  const { get, pool } = shown
  const id = await addInvocation(pool, { created_at: '2020-01-01T00:00:00Z' })
  const event = await addEvent(pool, id, { created_at: '2020-01-01T00:00:01Z', correlation_id: 'order-7' })
  const job = await addJob(pool, id, { created_at: '2020-01-01T00:00:02Z', event_execution_id: event })
  await addJob(pool, id, { created_at: '2020-01-01T00:00:02Z' })
  const { json } = await get<{ events: { href: string; data: Shown[] } }>(`/invocations/${id}`)
  assert.deepEqual(await rowsOf<Shown>(shown, json.events.href), json.events.data)
  assert.deepEqual([...new Set(json.events.data.map(({ invocationId }) => invocationId))], [id])
  const { json: detail } = await get<{
    correlationId: string
    invocation: { id: string }
    jobs: { count: number; data: Array<{ id: string }>; href: string }
  }>(`/events/${event}`)
  assert.deepEqual(
    [detail.correlationId, detail.invocation.id, detail.jobs.count, idsOf(detail.jobs.data)],
    ['order-7', id, 1, [job]],
  )
  assert.deepEqual(idsOf(await rowsOf(shown, detail.jobs.href)), [job])
})

test('the stack of an event is shown to those who ask for it and may see it, whether detection or handler crashed', async (t) => {
  const { get, pool } = await service(t, { anonymousScopes: ['read', 'read:payload'] })
  const id = await addInvocation(pool)
  for (const [columns, stack] of [
    [{ status: 'handler_failed', handler_error: 'x', handler_error_stack: 'Error: x\n at h' }, 'Error: x\n at h'],
    [
      {
        status: 'detection_failed',
        detection_error: 'y',
        detection_error_stack: '{"_raw_string": "Error: y\\n at d"}',
      },
      'Error: y\n at d',
    ],
  ] as const) {
    const event = await addEvent(pool, id, columns)
    const { json } = await get<{ errorStack?: string; redacted: string[] }>(`/events/${event}?include=stack`)
    assert.deepEqual([json.errorStack, json.redacted], [stack, []])
    assert.equal((await get<{ errorStack?: string }>(`/events/${event}`)).json.errorStack, undefined)
  }
})

test('an event that is not there is 404, and says so', async (t) => {
  const { get } = await service(t)
  const nobody = '018f3c5e-0000-7000-8000-000000000000'
  assert.equal(assertProblem('not-found', await get(`/events/${nobody}`)).detail, `No event ${nobody}`)
})
