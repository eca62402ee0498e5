import assert from 'node:assert/strict'
import test from 'node:test'
import * as reference from '../support/analysis.ts'
import { forest, insertForest, seeds } from '../support/forest.ts'
import { assertProblem } from '../support/problem.ts'
import { addInvocation, addJob } from '../support/rows.ts'
import { service } from '../support/service.ts'

const at = Date.parse('2026-11-22T09:00:00Z')

interface Figures {
  runs: number
  failed: number
  durationMs: object | null
  previous?: object
  changed?: string[]
  series?: Array<{ from: string; to: string; runs: number; failed: number; p95: number | null }>
}

interface Totals {
  data: { invocations: Figures; jobs: Figures; links: { count: number; previousCount?: number } }
  window: { from: string; to: string; examined: number; sampled: boolean }
}

for (const seed of seeds) {
  test(`totals are what a loop over all rows finds (forest of seed ${seed})`, async (t) => {
    const { get, pool } = await service(t)
    await insertForest(pool, forest(seed, 250, at))
    const facts = await reference.factsOf(pool)
    const window = { from: at * 1000 + 30_000_000, to: at * 1000 + 50_000_000 }
    const before = { from: at * 1000 + 10_000_000, to: window.from }
    const range = `from=${reference.instant(window.from)}&to=${reference.instant(window.to)}`
    const { json } = await get<Totals>(`/totals?${range}&compareTo=previous&bucket=1m`)
    for (const [kind, found] of [
      ['function', json.data.invocations],
      ['job', json.data.jobs],
    ] as const) {
      const all = reference.runsOf(facts, kind).map(({ run }) => run)
      const figures = (span: reference.Span) => reference.runFigures(all.filter((run) => reference.within(run, span)))
      const { previous, changed: _changed, series = [], ...now } = found
      assert.deepEqual(now, figures(window), kind)
      assert.deepEqual(previous, figures(before), `${kind} before`)
      assert.equal(
        series.reduce((sum, point) => sum + point.runs, 0),
        now.runs,
      )
      for (const { from, to, ...point } of series) {
        const span = { from: Date.parse(from) * 1000, to: Date.parse(to) * 1000 }
        const own = all.filter((run) => reference.within(run, span))
        assert.deepEqual(
          [point.runs, point.p95],
          [
            own.length,
            reference.percentile(
              own.map(({ ms }) => ms),
              0.95,
            ),
          ],
        )
      }
    }
    const linked = (span: reference.Span) =>
      facts.invocations.filter((row) => row.job !== null && reference.within(row, span)).length
    assert.deepEqual(json.data.links, { count: linked(window), previousCount: linked(before) })
    assert.ok(linked(window) > 0 && json.data.invocations.failed > 0)
  })
}

test('what differs by no more than noise is not told as changed', async (t) => {
  const { get, pool } = await service(t)
  const add = async (time: string, times: number): Promise<void> => {
    for (let nth = 0; nth < times; nth++) await addInvocation(pool, { created_at: time })
  }
  await add('2026-11-22T08:30:00Z', 2)
  await add('2026-11-22T09:30:00Z', 20)
  const window = 'from=2026-11-22T09:00:00Z&to=2026-11-22T10:00:00Z&compareTo=previous'
  assert.deepEqual((await get<Totals>(`/totals?${window}`)).json.data.invocations.changed, ['runs'])
  await add('2026-11-22T08:30:00Z', 12)
  assert.deepEqual((await get<Totals>(`/totals?${window}`)).json.data.invocations.changed, [])
})

test('a link counts as one, in a window of any length; a window without rows has zeros', async (t) => {
  const { get, pool } = await service(t)
  const job = await addJob(pool, await addInvocation(pool))
  await addInvocation(pool, { source_job_id: job })
  const { data, window } = (await get<Totals>('/totals?window=1h')).json
  assert.deepEqual([data.links, window.sampled, window.examined], [{ count: 1 }, false, 3])
  const { data: none } = (await get<Totals>('/totals?from=2020-01-01T00:00:00Z&to=2020-01-02T00:00:00Z')).json
  assert.deepEqual([none.invocations.runs, none.invocations.durationMs, none.links.count], [0, null, 0])
})

test('a series of too many points, and a comparison of a window without a length, are refused', async (t) => {
  const { get } = await service(t)
  assertProblem('invalid-request', await get('/totals?window=31d&bucket=1m'))
  assertProblem('invalid-request', await get('/totals?from=2026-11-22T09:00:00Z&to=infinity&compareTo=previous'))
  assertProblem('invalid-request', await get('/totals?bucket=1h&timeZone=Nowhere/Land'))
})
