import assert from 'node:assert/strict'
import test from 'node:test'
import * as reference from '../support/analysis.ts'
import { forest, insertForest, seeds } from '../support/forest.ts'
import { pages, rowsOf } from '../support/pages.ts'
import { assertProblem } from '../support/problem.ts'
import { addEvent, addInvocation, addJob } from '../support/rows.ts'
import { service } from '../support/service.ts'
import { writersForest } from '../support/writers/forest.ts'
import { insertWriters } from '../support/writers/insert.ts'

const at = Date.parse('2026-11-22T09:00:00Z')
const kinds = { job: '/jobs/stats', function: '/functions/stats', event: '/events/stats' } as const

interface Stats {
  name: string
  runs: number
  checked?: number
  neverFired: boolean
  lastAt: string | null
  stuckNow: number
  stuckSince: string | null
  previous?: { runs: number }
  series?: Array<{ from: string; to: string; runs: number; failed: number; p95: number | null }>
}

const byName = <T extends { name: string }>(all: readonly T[]): T[] =>
  all.toSorted((a, b) => (a.name < b.name ? -1 : 1))

for (const seed of seeds) {
  test(`statistics are those that a loop over all rows finds, bucket by bucket (forest of seed ${seed})`, async (t) => {
    const { get, pool } = await service(t)
    await insertForest(pool, forest(seed, 250, at))
    const facts = await reference.factsOf(pool)
    const window = { from: at * 1000 + 30_000_000, to: at * 1000 + 50_000_000 }
    const before = { from: at * 1000 + 10_000_000, to: window.from }
    const query = `from=${reference.instant(window.from)}&to=${reference.instant(window.to)}&limit=1000&compareTo=previous`
    for (const [kind, path] of Object.entries(kinds) as Array<[keyof typeof kinds, string]>) {
      const all = reference.runsOf(facts, kind)
      const figures = (span: reference.Span, name: string) =>
        reference.runFigures(
          all.filter(({ run, ran }) => ran && run.name === name && reference.within(run, span)).map(({ run }) => run),
        )
      const { json } = await get<{ data: Stats[]; page: { examined: number } }>(`${path}?${query}`)
      const present = all.filter(({ run }) => reference.within(run, window) || reference.within(run, before))
      const names = new Set(present.map(({ run }) => run.name))
      assert.ok(names.size > 3)
      for (const name of names) {
        const own = json.data.find((each) => each.name === name) ?? assert.fail(name)
        const { name: _, stuckNow: _stuck, stuckSince: _since, neverFired, lastAt, checked, previous, ...rest } = own
        assert.deepEqual(rest, figures(window, name), `${kind} ${name}`)
        assert.deepEqual(previous, figures(before, name), `${kind} ${name} before`)
        assert.equal(neverFired, own.runs === 0)
        const last = all
          .filter(({ run, ran }) => ran && run.name === name && reference.within(run, window))
          .map(({ run }) => run.at)
        assert.equal(lastAt, last.length === 0 ? null : reference.instant(Math.max(...last)))
        if (kind === 'event')
          assert.equal(checked, all.filter(({ run }) => run.name === name && reference.within(run, window)).length)
      }
      assert.equal(json.page.examined, all.filter(({ run }) => reference.within(run, window)).length)
    }
  })
}

test('a series has a point for each bucket of the window, zeros included, and its sum is that of the window', async (t) => {
  const { get, pool } = await service(t)
  const root = await addInvocation(pool, { created_at: '2026-10-25T00:30:00Z' })
  for (const [created_at, status, duration_ms] of [
    ['2026-10-24T21:59:59.999999Z', 'failed', 5],
    ['2026-10-24T22:00:00Z', 'completed', 10],
    ['2026-10-25T00:59:00Z', 'completed', 20],
    ['2026-10-25T22:59:59.999999Z', 'failed', null],
    ['2026-10-25T23:00:00Z', 'completed', 40],
  ])
    await addJob(pool, root, { created_at, status, duration_ms })
  const { json } = await get<{ data: Stats[] }>(
    '/jobs/stats?from=2026-10-24T12:00:00Z&to=2026-10-27T12:00:00Z&bucket=1d&timeZone=Europe/Berlin',
  )
  assert.deepEqual(
    json.data[0]?.series?.map(({ from, to, runs, failed, p95 }) => [
      from.slice(0, 16),
      to.slice(0, 16),
      runs,
      failed,
      p95,
    ]),
    [
      ['2026-10-24T12:00', '2026-10-24T22:00', 1, 1, 5],
      ['2026-10-24T22:00', '2026-10-25T23:00', 3, 1, 20],
      ['2026-10-25T23:00', '2026-10-26T23:00', 1, 0, 40],
      ['2026-10-26T23:00', '2026-10-27T12:00', 0, 0, null],
    ],
  )
  const hours = await get<{ data: Stats[] }>(
    '/jobs/stats?from=2026-10-24T12:00:00Z&to=2026-10-27T12:00:00Z&bucket=1h&limit=1',
  )
  assert.equal(hours.json.data[0]?.series?.length, 72)
  assert.equal(
    hours.json.data[0]?.series?.reduce((sum, { runs }) => sum + runs, 0),
    5,
  )
  for (const wrong of [
    'bucket=5m&window=7d',
    'bucket=1h&timeZone=Mars/Olympus',
    'bucket=1d&from=-infinity',
    'bucket=2h',
  ])
    assertProblem('invalid-request', await get(`/jobs/stats?${wrong}`))
})

test('what is stuck is told by name with its oldest start, over all time, and exactly the dead rows are', async (t) => {
  const { pool, get } = await service(t)
  const forestOf = writersForest({ seed: 4, deliveries: 70, transports: ['sql', 'graphql'], now: Date.now() })
  await insertWriters(pool, forestOf)
  const { rows, truth } = forestOf
  for (const [path, table, truths, nameOf] of [
    ['/jobs/stats', rows.jobs, truth.jobs, (row: { job_name?: string }) => row.job_name],
    [
      '/functions/stats',
      rows.invocations,
      truth.invocations,
      (row: { source_function?: string }) => row.source_function,
    ],
    ['/events/stats', rows.events, truth.events, (row: { event_name?: string }) => row.event_name],
  ] as const) {
    const dead = new Map<string, string[]>()
    for (const row of table as ReadonlyArray<{ id: string; created_at: string }>) {
      if (!truths.get(row.id)?.dead) continue
      const name = nameOf(row as never) ?? ''
      dead.set(name, [...(dead.get(name) ?? []), row.created_at])
    }
    const { json } = await get<{ data: Stats[]; stuckCut: boolean }>(`${path}?limit=1000`)
    assert.ok(dead.size > 0)
    assert.deepEqual(
      byName(json.data.filter(({ stuckNow }) => stuckNow > 0)).map(({ name, stuckNow, stuckSince }) => [
        name,
        stuckNow,
        stuckSince?.slice(0, 23),
      ]),
      byName([...dead].map(([name, starts]) => ({ name, starts }))).map(({ name, starts }) => [
        name,
        starts.length,
        starts.toSorted()[0]?.slice(0, 23),
      ]),
      path,
    )
    assert.equal(json.stuckCut, false)
  }
})

test('an event that was looked for in vain, and a job that ran only before, have never fired', async (t) => {
  const { get, pool } = await service(t)
  const id = await addInvocation(pool, { created_at: '2026-11-22T09:30:00Z' })
  await addEvent(pool, id, { event_name: 'found', created_at: '2026-11-22T09:30:00Z' })
  for (let n = 0; n < 3; n += 1)
    await addEvent(pool, id, {
      event_name: 'in-vain',
      detected: false,
      status: 'not_detected',
      created_at: '2026-11-22T09:30:00Z',
    })
  await addJob(pool, await addInvocation(pool, { created_at: '2026-11-22T08:30:00Z' }), {
    job_name: 'ended',
    created_at: '2026-11-22T08:30:00Z',
  })
  const hour = 'from=2026-11-22T09:00:00Z&to=2026-11-22T10:00:00Z'
  const events = (await get<{ data: Stats[] }>(`/events/stats?${hour}`)).json.data
  assert.deepEqual(
    events.map(({ name, checked, runs, neverFired }) => [name, checked, runs, neverFired]),
    [
      ['found', 1, 1, false],
      ['in-vain', 3, 0, true],
    ],
  )
  const [job] = (await get<{ data: Stats[] }>(`/jobs/stats?${hour}&compareTo=previous&name=ended`)).json.data
  assert.deepEqual([job?.runs, job?.neverFired, job?.previous?.runs], [0, true, 1])
})

test('pages sorted by a figure that some names lack show each name once', async (t) => {
  const shown = await service(t)
  await insertForest(shown.pool, forest(5, 200, at))
  for (const sort of ['p95', '-failureRate', 'name', '-lastAt']) {
    const path = `/functions/stats?from=2026-11-22T09:00:00Z&to=2026-11-22T09:03:00Z&sort=${sort}`
    const all = (await rowsOf<Stats>(shown, `${path}&limit=1000`)).map(({ name }) => name)
    const seen: string[] = []
    for await (const page of pages<Stats>(shown, `${path}&limit=2`)) seen.push(...page.map(({ name }) => name))
    assert.deepEqual(seen, all, sort)
  }
})
