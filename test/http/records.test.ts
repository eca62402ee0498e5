import assert from 'node:assert/strict'
import test from 'node:test'
import type pg from 'pg'
import { redactionsOf } from '../../src/domain/privacy/redaction.ts'
import { recordPathsOf } from '../../src/domain/search/record-path.ts'
import { assertProblem } from '../support/problem.ts'
import { addEvent, addInvocation, addJob } from '../support/rows.ts'
import { service, type Answer } from '../support/service.ts'

interface Tree {
  root: { id: string }
  failures: { count: number }
  correlated: number
  missing: { data: Array<{ source: { name: string }; target: { name: string }; id: string }> } | null
}

interface History {
  data: Array<{ table: string; invocation: { id: string }; rootId: string | null }>
  page: { nextCursor: string | null }
  trees: Tree[]
  since: string | null
}

const changed = (row: { new?: unknown; old?: unknown }): string => JSON.stringify({ event: { data: row } })
const idsOf = ({ data }: History): string[] => data.map(({ invocation }) => invocation.id)
const path = (table: string, id: string): string => `/records/${encodeURIComponent(table)}/${encodeURIComponent(id)}`

test('the history of a record is what plain SQL says, whatever its id: numbers, strings, UUIDs, colons and slashes, of rows that were deleted too', async (t) => {
  const { get, pool } = await service(t, {
    search: {
      recordPaths: recordPathsOf('event.data.new.id,event.data.old.id,event.data.new.tenant+event.data.new.no') ?? [],
    },
  })
  const uuid = '7C9E6679-7425-40DE-944B-E07FC1F90AE7'
  const payloads = [
    changed({ new: { id: 7 } }),
    changed({ new: { id: '7' }, old: { id: 7 } }),
    changed({ new: null, old: { id: 7 } }),
    changed({ new: { id: 8 }, old: { id: 7 } }),
    changed({ new: { id: uuid } }),
    changed({ new: { id: uuid.toLowerCase() } }),
    changed({ new: { id: 'urn:x:1/2 ü' } }),
    changed({ new: { id: '12345678901234567890' } }).replaceAll(/"(\d{20})"/g, '$1'),
    changed({ new: { tenant: 'acme', no: 3 } }),
    changed({ new: { id: { a: 1 } } }),
    changed({ new: { id: ['7'] } }),
    changed({ new: { id: null }, old: { id: true } }),
    changed({ new: { id: 'jo@example.com' } }),
    '{}',
    '[]',
    '"7"',
  ]
  for (const table of ['public.orders', 'shop.orders', null])
    for (const source_event_payload of payloads)
      await addInvocation(pool, { source_table: table, source_event_payload })
  const named = await addInvocation(pool, {
    source_event_payload: JSON.stringify({
      table: { schema: 'public', name: 'orders' },
      ...JSON.parse(changed({ new: { id: 'own' } })),
    }),
  })
  const ids = ['7', '8', uuid, uuid.toLowerCase(), 'urn:x:1/2 ü', '12345678901234567890', 'acme:3']
  for (const table of ['orders', 'public.orders', 'shop.orders'])
    for (const id of ids) {
      const { rows } = await pool.query<{ id: string }>(
        `select id from invocations
          where (source_table = $1 or source_table like '%.' || $1)
            and (lower(source_event_payload #>> '{event,data,new,id}') = lower($2)
                 or source_event_payload #>> '{event,data,old,id}' = $2
                 or concat(source_event_payload #>> '{event,data,new,tenant}', ':', source_event_payload #>> '{event,data,new,no}') = $2)
          order by created_at desc, id desc`,
        [table, id],
      )
      const { json } = await get<History>(path(table, id))
      assert.ok(rows.length > 0, `${table} ${id}`)
      assert.deepEqual(
        idsOf(json),
        rows.map((row) => row.id),
        `${table} ${id}`,
      )
      assert.ok(json.data.every(({ rootId, invocation }) => rootId === invocation.id))
    }
  assert.deepEqual(idsOf((await get<History>(path('orders', 'own'))).json), [named])
  for (const [table, id] of [
    ['orders', '9'],
    ['rders', '7'],
    ['orders', '["7"]'],
    ['orders', 'null'],
    ['orders', 'true'],
    ['or%rs', '7'],
  ] as const)
    assert.ok(assertProblem('not-found', await get(path(table, id))).detail.includes(id), id)
  assert.match(
    assertProblem('forbidden', await get(path('orders', 'jo@example.com'))).detail,
    /needs the scope read:payload/,
  )
})

test('the pages of a history hold each invocation once', async (t) => {
  const { get, pool } = await service(t)
  for (let n = 0; n < 5; n += 1)
    await addInvocation(pool, {
      source_table: 'public.orders',
      source_event_payload: changed({ new: { id: 1 } }),
      created_at: '2026-11-22T09:00:00Z',
    })
  const whole = idsOf((await get<History>(path('orders', '1'))).json)
  const paged: string[] = []
  for (let next: string | null = '/records/orders/1?limit=2'; next !== null;) {
    const { json }: Answer<History> = await get<History>(next)
    paged.push(...idsOf(json))
    next = json.page.nextCursor === null ? null : `/records/orders/1?limit=2&cursor=${json.page.nextCursor}`
  }
  assert.equal(whole.length, 5)
  assert.deepEqual(paged, whole)
})

/** An order: its function runs two jobs, of which the second leads to the notification. */
async function order(
  pool: pg.Pool,
  id: number,
  hoursAgo: number,
  until: 'end' | 'no trigger' | 'no job',
): Promise<string> {
  const at = (ms: number): string => new Date(Date.now() - hoursAgo * 3_600_000 + ms).toISOString()
  const root = await addInvocation(pool, {
    created_at: at(0),
    source_table: 'public.orders',
    source_event_payload: changed({ new: { id } }),
  })
  const event = await addEvent(pool, root, { created_at: at(1) })
  await addJob(pool, root, { created_at: at(2), job_name: 'reserve-stock', event_execution_id: event })
  if (until === 'no job') return root
  const job = await addJob(pool, root, { created_at: at(3), job_name: 'confirm-order', event_execution_id: event })
  if (until === 'end')
    await addInvocation(pool, { created_at: at(60), source_function: 'on-order-confirmed', source_job_id: job })
  return root
}

test('a tree of a record tells what normally follows and did not: a job of a function, or what a job triggers', async (t) => {
  const { get, pool } = await service(t)
  for (let n = 0; n < 25; n += 1) await order(pool, n, 30 + n, 'end')
  const missing = async (id: number) =>
    (await get<History>(`/records/orders/${id}`)).json.trees.map(({ root, missing: steps }) => [
      root.id,
      steps?.data.map(({ source, target }) => `${source.name} → ${target.name}`),
    ])
  assert.deepEqual(await missing(await order(pool, 100, 2, 'end').then(() => 100)), [[await rootOf(pool, 100), []]])
  assert.deepEqual(await missing(await order(pool, 101, 2, 'no job').then(() => 101)), [
    [await rootOf(pool, 101), ['on-order-created → confirm-order']],
  ])
  assert.deepEqual(await missing(await order(pool, 102, 2, 'no trigger').then(() => 102)), [
    [await rootOf(pool, 102), ['confirm-order → on-order-confirmed']],
  ])
})

async function rootOf(pool: pg.Pool, id: number): Promise<string> {
  const { rows } = await pool.query<{ id: string }>(
    `select id from invocations where source_event_payload #>> '{event,data,new,id}' = $1`,
    [String(id)],
  )
  return rows[0]?.id ?? ''
}

test('the trees of a correlation id are all that hold an invocation with it, in the order of their starts', async (t) => {
  const { get, pool } = await service(t)
  const at = (minute: number): string => `2026-11-22T09:0${minute}:00Z`
  const late = await addInvocation(pool, { correlation_id: 'basket/7', created_at: at(5) })
  const early = await addInvocation(pool, { correlation_id: 'other', created_at: at(1) })
  const job = await addJob(pool, early, { created_at: at(1), status: 'failed', error_message: 'Declined' })
  for (let n = 0; n < 2; n += 1)
    await addInvocation(pool, { correlation_id: 'basket/7', created_at: at(2), source_job_id: job })
  await addInvocation(pool, { correlation_id: 'basket', created_at: at(3) })
  const { json } = await get<{ trees: Tree[]; startedAt: string; endedAt: string; invocations: number; more: boolean }>(
    '/correlations/basket%2F7',
  )
  assert.deepEqual(
    json.trees.map(({ root, correlated, failures }) => [root.id, correlated, failures.count]),
    [
      [early, 2, 1],
      [late, 1, 0],
    ],
  )
  assert.deepEqual(
    [json.startedAt, json.endedAt, json.invocations, json.more],
    ['2026-11-22T09:01:00.000000Z', '2026-11-22T09:05:00.100000Z', 3, false],
  )
  assert.ok(assertProblem('not-found', await get('/correlations/nobody')).detail.includes('nobody'))
})

test('with include=changes each step tells what its event changed, masked as REDACT says; without the scope that is 403', async (t) => {
  const settings = { redactions: redactionsOf('payload.event.data.*.token').redactions }
  const reading = await service(t, settings)
  const { get } = await service(t, { ...settings, anonymousScopes: ['read', 'read:payload'] }, reading)
  const add = (row: { old?: unknown; new?: unknown }) =>
    addInvocation(reading.pool, { source_table: 'public.orders', source_event_payload: changed(row) })
  await add({ new: { id: 1, state: 'open', token: 'secret-1' } })
  const before = { id: 1, state: 'open', token: 'secret-1', same: { a: [1, 2] } }
  await add({ old: before, new: { ...before, state: 'paid', token: 'secret-2', total: 1.5 } })
  await add({ old: before, new: null })
  await add({ old: null, new: { id: 1, note: 'x'.repeat(70_000) } })
  const asked = '/records/orders/1?include=changes'
  const { json, text } = await get<{ data: Array<{ changes: unknown }>; redacted: string[] }>(asked)
  const changes = (old: unknown, now: unknown) => ({ event: { data: { old, new: now } } })
  const masked = '[redacted]'
  assert.deepEqual(
    json.data.map((step) => step.changes),
    [
      null,
      changes({ ...before, token: masked }, null),
      changes({ state: 'open', token: masked }, { state: 'paid', token: masked, total: 1.5 }),
      changes(null, { id: 1, state: 'open', token: masked }),
    ],
  )
  assert.deepEqual(json.redacted, ['payload.event.data.*.token'])
  assert.ok(!text.includes('secret-'))
  assert.match(
    assertProblem('forbidden', await reading.get(asked)).detail,
    /include=changes needs the scope read:payload/,
  )
  assert.ok(!(await reading.get('/records/orders/1')).text.includes('changes'))
})

test('if too few links are known nothing is told of missing steps, and the answer says why', async (t) => {
  const { get, pool } = await service(t)
  await order(pool, 1, 2, 'end')
  const job = await addJob(pool, await addInvocation(pool))
  for (let n = 0; n < 5; n += 1)
    await addInvocation(pool, { source_event_payload: JSON.stringify({ __sourceJobId: job }) })
  const { json } = await get<History & { note?: string }>('/records/orders/1')
  assert.match(json.note ?? '', /^Only 17 % of the links are known/)
  assert.deepEqual(
    json.trees.map(({ missing }) => missing),
    [null],
  )
})
