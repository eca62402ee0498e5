import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import test from 'node:test'
import type pg from 'pg'
import { createLog } from '../../src/log.ts'
import { assertProblem } from '../support/problem.ts'
import { addEvent, addInvocation, addJob } from '../support/rows.ts'
import { service } from '../support/service.ts'

interface Hit {
  kind: string
  id: string | null
  invocationId: string | null
  rootId: string | null
  name: string
  errorMessage: string | null
  table: string | null
  recordId: string | null
  count: number | null
}

interface Found {
  data: Array<{ match: string; data: Hit[]; more: boolean }>
  trees: Array<{
    root: { id: string }
    status: string
    failures: { count: number; data: Array<{ name: string; errorMessage: string | null }> }
    href: string
  }>
  moreTrees: boolean
  notSearched: Array<{ match: string; why: string; since: string | null }>
}

const changed = (id: unknown, op: 'new' | 'old' = 'new'): string =>
  JSON.stringify({ event: { data: { old: null, new: null, [op]: { id, email: 'jo@example.com' } } } })

/** An order whose notification failed two steps below, and something else. */
async function orders(pool: pg.Pool) {
  const root = await addInvocation(pool, {
    source_function: 'on-order-created',
    source_table: 'public.orders',
    source_event_payload: changed(41885),
    correlation_id: 'basket 7',
    source_event_id: randomUUID(),
  })
  const job = await addJob(pool, root, { job_name: 'reserve-stock' })
  const child = await addInvocation(pool, { source_function: 'on-stock-updated', source_job_id: job })
  const failed = await addJob(pool, child, {
    job_name: 'send-notification',
    status: 'failed',
    error_message: 'Mailbox jo@example.com is full: quota 17 exceeded',
  })
  const crash = await addEvent(pool, child, {
    status: 'handler_failed',
    event_name: 'stock-low',
    handler_error: 'Boom',
  })
  const { rows } = await pool.query<{ id: string }>('select source_event_id as id from invocations where id = $1', [
    root,
  ])
  return { root, job, child, failed, crash, sourceEvent: rows[0]?.id ?? '' }
}

const kinds = ({ data }: Found): string[] =>
  data.flatMap(({ match, data: hits }) => hits.map(({ kind, id, name }) => `${match} ${kind} ${id ?? name}`))

test('an id of any kind leads to its row, its tree and what failed in that', async (t) => {
  const { get, pool } = await service(t)
  const { root, job, child, failed, crash, sourceEvent } = await orders(pool)
  for (const [id, kind, own] of [
    [root, 'invocation', root],
    [root.replaceAll('-', ''), 'invocation', root],
    [child.toUpperCase(), 'invocation', child],
    [job, 'job', job],
    [failed, 'job', failed],
    [crash, 'event', crash],
    [` ${sourceEvent} `, 'invocation', root],
  ] as const) {
    const { json } = await get<Found>(`/search?q=${encodeURIComponent(id)}`)
    assert.deepEqual(kinds(json), [`id ${kind} ${own}`])
    assert.equal(json.data[0]?.data[0]?.rootId, root)
    assert.deepEqual(
      json.trees.map(({ root: top, status, failures }) => [
        top.id,
        status,
        failures.count,
        failures.data.map(({ name }) => name),
      ]),
      [[root, 'failed', 2, ['send-notification', 'stock-low']]],
    )
    assert.equal(json.trees[0]?.href, `/trees/${root}`)
  }
  const { json } = await get<Found>(`/search?q=${randomUUID()}`)
  assert.deepEqual([json.data, json.trees], [[], []])
})

test('a record is found by its table and id, or by its id alone; a correlation id as a whole', async (t) => {
  const { get, pool } = await service(t)
  const { root } = await orders(pool)
  const other = await addInvocation(pool, {
    source_table: 'public.payments',
    source_event_payload: changed('41885', 'old'),
  })
  const found = async (q: string): Promise<string[]> =>
    kinds((await get<Found>(`/search?q=${encodeURIComponent(q)}`)).json)
  assert.deepEqual(await found('orders:41885'), [`record invocation ${root}`])
  assert.deepEqual(await found('public.orders:41885'), [`record invocation ${root}`])
  assert.deepEqual(await found('payments:41885'), [`record invocation ${other}`])
  assert.deepEqual(await found('41885'), [`record invocation ${other}`, `record invocation ${root}`])
  assert.deepEqual(await found('orders:4188'), [])
  assert.deepEqual(await found('ders:41885'), [])
  assert.deepEqual(await found('basket 7'), [`correlation invocation ${root}`])
  assert.deepEqual(await found('basket'), [])
  const { json } = await get<Found>('/search?q=orders:41885')
  assert.deepEqual(
    json.data[0]?.data.map(({ table, recordId }) => [table, recordId]),
    [['public.orders', '41885']],
  )
})

test('a name is found by its beginning first, then by any part of it, in whatever case', async (t) => {
  const { get, pool } = await service(t)
  await orders(pool)
  await addInvocation(pool, { source_function: 'Stock-audit' })
  const { json } = await get<Found>('/search?q=STOCK')
  assert.deepEqual(kinds(json), [
    'name function Stock-audit',
    'name event stock-low',
    'name function on-stock-updated',
    'name job reserve-stock',
  ])
  assert.deepEqual(kinds((await get<Found>('/search?q=orders&in=name')).json), ['name table public.orders'])
  assert.deepEqual(
    json.notSearched.map(({ match }) => match),
    ['error'],
  )
})

test('the message of a failure is found as the caller is shown it, if nothing else was, or if it is asked for', async (t) => {
  const messages = (json: Found): Array<string | null> =>
    json.data.flatMap(({ data }) => data.map(({ errorMessage }) => errorMessage))
  const reading = await service(t)
  const { failed } = await orders(reading.pool)
  await addJob(reading.pool, await addInvocation(reading.pool), {
    status: 'failed',
    error_message: 'Cannot open /srv/secret-place/x.js:12 now\nsecond line',
  })
  const { json } = await reading.get<Found>('/search?q=quota%2017')
  assert.deepEqual(kinds(json), [`error job ${failed}`])
  assert.deepEqual(messages(json), ['Mailbox [address] is full: quota 17 exceeded'])
  for (const q of ['example.com', 'secret-place', 'second line', 'jo'])
    assert.deepEqual((await reading.get<Found>(`/search?q=${q}&in=error`)).json.data, [], q)
  const { json: asked } = await reading.get<Found>('/search?q=stock&in=error&in=name')
  assert.deepEqual(asked.notSearched, [])
  const all = await service(t, { anonymousScopes: ['read', 'read:payload'] }, reading)
  for (const q of ['jo@example', 'secret-place', 'second line'])
    assert.equal((await all.get<Found>(`/search?q=${encodeURIComponent(q)}&in=error`)).json.data.length, 1, q)
})

test('without the scope what may be an e-mail address is looked for nowhere, and q is in no log, link or refusal', async (t) => {
  const lines: string[] = []
  const { get, pool, app } = await service(t, { log: createLog('trace', false, { write: (line) => lines.push(line) }) })
  await orders(pool)
  const spellings = [
    'jo@example.com',
    '@example',
    'jo%40example.com',
    'jo＠example.com',
    'orders:jo@x',
    'jo&#64;x',
    'in \\u0040 it',
  ]
  for (const q of spellings) {
    const answer = await get(`/search?q=${encodeURIComponent(q)}`)
    assert.match(assertProblem('forbidden', answer).detail, /e-mail address needs the scope read:payload/, q)
    assert.ok(!answer.text.includes(q), q)
  }
  const secret = 'no such thing 8842'
  const { text, headers } = await get(`/search?q=${encodeURIComponent(secret)}`)
  const wrong = await app.inject(`/search?q=${encodeURIComponent(secret)}&limit=5`)
  assert.equal(wrong.statusCode, 400)
  for (const told of [text, JSON.stringify(headers), ...lines])
    for (const q of [secret, encodeURIComponent(secret), ...spellings]) assert.ok(!told.includes(q), `${q}: ${told}`)
  assert.ok(lines.length >= spellings.length)
})

test('of payloads the newest 5,000 are read, and that is told', async (t) => {
  const { get, pool } = await service(t)
  await addInvocation(pool, {
    source_table: 'public.orders',
    source_event_payload: changed(1),
    created_at: '2026-01-01T00:00:00Z',
  })
  await pool.query(
    `insert into invocations (source_function, source_event_payload, created_at)
     select 'f', '{}', timestamptz '2026-02-01' + n * interval '1 s' from generate_series(1, 5000) n`,
  )
  const { json } = await get<Found>('/search?q=orders:1')
  const told = json.notSearched.filter(({ match }) => match === 'record')
  assert.deepEqual(json.data, [])
  assert.deepEqual(told, [
    { match: 'record', why: 'without an index at most 5000 payloads are read', since: '2026-02-01T00:00:01.000000Z' },
  ])
})

test('a text that is too short, too long or blank is refused', async (t) => {
  const { get } = await service(t)
  for (const q of ['', 'a', '%20%20%20', ' a ', 'x'.repeat(201), 'a%00b'])
    assert.equal(
      assertProblem('invalid-request', await get(`/search?q=${q}`)).errors?.[0]?.allowed,
      'text of 2 to 200 characters without NUL',
      q,
    )
})
