import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { nearest } from '../../src/domain/analysis/nearest.ts'
import * as reference from '../support/analysis.ts'
import { forest, insertForest } from '../support/forest.ts'
import { pages, rowsOf } from '../support/pages.ts'
import { addEvent, addInvocation, addJob } from '../support/rows.ts'
import { service } from '../support/service.ts'

const at = Date.parse('2026-11-22T09:00:00Z')

interface Name {
  kind: string
  name: string
  count: number
  lastAt: string
}

interface Hinted {
  data: unknown[]
  hint?: { parameter: string; given: string; known: string[] }
}

test('the names of a window are those that its rows have, with how many', async (t) => {
  const shown = await service(t)
  await insertForest(shown.pool, forest(8, 200, at))
  const facts = await reference.factsOf(shown.pool)
  const window = { from: at * 1000 + 10_000_000, to: at * 1000 + 50_000_000 }
  const rows = [
    ...facts.invocations.flatMap((row) => [
      { kind: 'function', name: row.name, at: row.at },
      ...(row.table === null ? [] : [{ kind: 'table', name: row.table, at: row.at }]),
      ...(row.system === null ? [] : [{ kind: 'system', name: row.system, at: row.at }]),
    ]),
    ...facts.jobs.map(({ name, at: start }) => ({ kind: 'job', name, at: start })),
    ...facts.events
      .filter(({ detected }) => detected)
      .map(({ name, at: start }) => ({ kind: 'event', name, at: start })),
  ].filter((row) => reference.within(row, window))
  const expected = [...reference.grouped(rows, ({ kind, name }) => JSON.stringify([kind, name]))].map(([key, own]) => ({
    key,
    count: own.length,
    lastAt: reference.instant(Math.max(...own.map((row) => row.at))),
  }))
  const path = `/names?from=${reference.instant(window.from)}&to=${reference.instant(window.to)}`
  const names = await rowsOf<Name>(shown, `${path}&limit=1000`)
  const keyed = names.map(({ kind, name, count, lastAt }) => ({ key: JSON.stringify([kind, name]), count, lastAt }))
  const byKey = (a: { key: string }, b: { key: string }) => (a.key < b.key ? -1 : 1)
  assert.ok(expected.length > 12)
  assert.deepEqual(keyed.toSorted(byKey), expected.toSorted(byKey))
  const paged: string[] = []
  for await (const page of pages<Name>(shown, `${path}&limit=3&sort=name`))
    paged.push(...page.map(({ kind, name }) => `${kind} ${name}`))
  assert.deepEqual(new Set(paged).size, names.length)
  assert.equal(paged.length, names.length)
  const jobs = await rowsOf<Name>(shown, `${path}&kind=job&text=PAYMENT`)
  assert.deepEqual(new Set(jobs.map(({ name }) => name)), new Set(['capture-payment', 'Capture-Payment']))
})

test('a filter value that no row of the window has comes with the names that are most like it, in every list that filters by names', async (t) => {
  const { get, pool } = await service(t)
  const root = await addInvocation(pool, { source_table: 'public.orders', source_system: 'shop' })
  await addEvent(pool, root)
  const job = await addJob(pool, root)
  await addInvocation(pool, { source_function: 'on-payment-captured', source_job_id: job })
  const asked: Array<[path: string, parameter: string, first: string]> = [
    ['/jobs?name=captur-paymnt', 'name', 'capture-payment'],
    ['/jobs?triggeringFunction=order-created', 'triggeringFunction', 'on-order-created'],
    ['/invocations?sourceFunction=On-Payment', 'sourceFunction', 'on-payment-captured'],
    ['/invocations?sourceTable=orders', 'sourceTable', 'public.orders'],
    ['/invocations?sourceSystem=shp', 'sourceSystem', 'shop'],
    ['/chains?triggeringJob=capture', 'triggeringJob', 'capture-payment'],
    ['/chains?triggeredFunction=payment-captured', 'triggeredFunction', 'on-payment-captured'],
    ['/events?name=order', 'name', 'order-placed'],
    ['/trees?rootFunction=on-order', 'rootFunction', 'on-order-created'],
    ['/jobs/stats?name=capture', 'name', 'capture-payment'],
    ['/failures?name=order-placed-', 'name', 'order-placed'],
    ['/dependencies?around=capture', 'around', 'capture-payment'],
  ]
  for (const [path, parameter, first] of asked) {
    const { json } = await get<Hinted>(path)
    assert.deepEqual(json.data, [], path)
    assert.deepEqual([json.hint?.parameter, json.hint?.known[0]], [parameter, first], path)
  }
})

test('there is no hint where the value is known, something is found, or all time is searched', async (t) => {
  const { get, pool } = await service(t)
  const job = await addJob(pool, await addInvocation(pool))
  for (const path of [
    '/jobs?name=capture-payment',
    '/jobs?name=capture-payment&name=nobody',
    '/jobs?name=capture-payment&status=failed',
    '/jobs?status=failed',
    `/jobs?name=nobody&invocationId=${job}`,
  ])
    assert.equal((await get<Hinted>(path)).json.hint, undefined, path)
  const { json, headers } = await get<Hinted>('/jobs?name=nobody')
  assert.deepEqual(json.hint, { parameter: 'name', given: 'nobody', known: ['capture-payment'] })
  await addJob(pool, await addInvocation(pool), { job_name: 'nobodies' })
  const again = await get<Hinted>('/jobs?name=nobody', { 'if-none-match': String(headers['etag']) })
  assert.deepEqual([again.status, again.json.hint?.known], [200, ['nobodies', 'capture-payment']])
})

test('a name is the one most like itself, and all that is told is known', () => {
  const names = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 20 }), { minLength: 1, maxLength: 20 })
  fc.assert(
    fc.property(names, fc.nat(), fc.string({ maxLength: 30 }), (all, nth, other) => {
      const own = all[nth % all.length] ?? ''
      assert.equal(nearest(own, all, 1)[0]?.toLowerCase(), own.toLowerCase())
      const found = nearest(other, all, 5)
      assert.equal(found.length, Math.min(5, all.length))
      assert.ok(found.every((name) => all.includes(name)))
    }),
  )
})
