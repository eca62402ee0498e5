import assert from 'node:assert/strict'
import test from 'node:test'
import { forest, insertForest } from '../support/forest.ts'
import { seedsAndModes, serviceInMode } from '../support/link-modes.ts'
import { pathCosts } from '../support/path-costs.ts'
import { assertProblem } from '../support/problem.ts'
import * as reference from '../support/reference.ts'
import { addInvocation, addJob } from '../support/rows.ts'
import { service } from '../support/service.ts'
import { isOver } from '../support/shapes.ts'

const at = Date.parse('2026-11-22T09:00:00Z')

interface Cost {
  kind: string
  of: string
  name: string
  totalMs: number
  share: number | null
  runs: number
  previous?: Cost | null
}

interface Paths {
  runs: number
  durationMs: { p50: number; p95: number; p99: number } | null
  totalMs: number
  previous?: { runs: number; totalMs: number }
  samples: Array<{ at: string; id: string; durationMs: number; criticalPath: string }>
  leftOut: { open: number; unreached: number }
  data: Cost[]
  page: { examined: number }
}

const asked = '/critical-paths?from=2026-11-22T09:00:00Z&to=2026-11-22T09:02:00Z&limit=1000'
const key = ({ kind, of, name }: { kind: string; of: string; name: string }) => JSON.stringify([kind, of, name])
const sorted = <C extends Cost>(costs: readonly C[]): C[] => costs.toSorted((a, b) => (key(a) < key(b) ? -1 : 1))

/** Of the random forests. */
const functions = ['on-order-created', 'On-Order-Created', 'zahlung-prüfen', '請求書を作る']

interface Row {
  sourceFunction: string
  endedAt: string | null
  id: string
}
const rowOf = ({ node }: reference.Member): Row => node as unknown as Row

/** The invocation of a function below a start that ended first. */
function firstEnd(members: readonly reference.Member[], name: string): string | undefined {
  const [first] = members
    .filter((each) => each.depth > 0 && rowOf(each).sourceFunction === name && rowOf(each).endedAt !== null)
    .map(rowOf)
    .toSorted((a, b) => (`${a.endedAt} ${a.id}` < `${b.endedAt} ${b.id}` ? -1 : 1))
  return first?.id
}

for (const { seed, mode } of seedsAndModes) {
  test(`what cost most is what adding up each critical path finds (forest of seed ${seed}, links ${mode})`, async (t) => {
    const rows = forest(seed, 100, at)
    // What is not over is left out, as the test of shapes shows; here most trees are to count.
    for (const row of rows.invocations) if (row['status'] === 'running') row['status'] = 'completed'
    const { get, pool } = await serviceInMode(t, mode, (to) => insertForest(to, rows))
    const from = 'on-order-created'
    const all = await reference.invocations(pool, `i.source_job_id is null or i.source_function = '${from}'`)
    const trees = await Promise.all(
      all.map(async ({ id, sourceFunction, sourceJobId }) => ({
        id,
        sourceFunction,
        sourceJobId,
        members: await reference.tree(pool, id),
      })),
    )
    const over = trees.filter(({ members }) => isOver(members))
    const compare = (json: Paths, expected: ReturnType<typeof pathCosts>): void => {
      const { costs, ...figures } = expected
      assert.deepEqual({ ...json, ...figures }, json)
      assert.deepEqual(sorted(json.data), sorted(costs as unknown as Cost[]))
    }
    const asOf = new Date().toISOString().replace('Z', '000Z')
    const roots = over.filter(({ sourceJobId }) => sourceJobId === null)
    const { json } = await get<Paths>(asked)
    compare(json, pathCosts(roots, asOf))
    assert.equal(json.page.examined, roots.length)
    const sum = json.data.reduce((whole, { share }) => whole + (share ?? 0), 0)
    assert.ok(Math.abs(sum - 1) < 1e-4, `shares sum to ${sum}`)
    const starts = over.filter(({ sourceFunction }) => sourceFunction === from)
    const reachedBy = (to: string) =>
      starts.flatMap(({ id, members }) => {
        const until = firstEnd(members, to)
        return until === undefined ? [] : [{ id, members, until }]
      })
    const [to = ''] = functions.toSorted((a, b) => reachedBy(b).length - reachedBy(a).length)
    const reached = reachedBy(to)
    assert.ok(reached.length > 1)
    const between = await get<Paths>(`${asked}&fromFunction=${from}&toFunction=${encodeURIComponent(to)}`)
    compare(between.json, pathCosts(reached, asOf))
    assert.equal(between.json.leftOut.unreached, starts.length - reached.length)
  })
}

test('runs at p50 and p95 and the longest one are samples, shapes filter, and the window before is compared', async (t) => {
  const { get, pool } = await service(t)
  const add = async (minute: number, ms: number, name: string): Promise<string> => {
    const created_at = new Date(at + minute * 60_000).toISOString()
    const root = await addInvocation(pool, { created_at, total_duration_ms: 10 })
    await addJob(pool, root, { created_at, job_name: name, duration_ms: ms })
    return root
  }
  const ids = []
  for (let n = 1; n <= 20; n += 1) ids.push(await add(60 + n, n * 100, 'charge-card'))
  await add(90, 50, 'mail')
  await add(10, 300, 'charge-card')
  const hour = '/critical-paths?from=2026-11-22T10:00:00Z&to=2026-11-22T11:00:00Z'
  const { json: shapes } = await get<{ data: Array<{ hash: string; trees: number }> }>(
    hour.replace('/critical-paths', '/shapes'),
  )
  const hash = shapes.data.find(({ trees }) => trees === 20)?.hash
  const { json } = await get<Paths>(`${hour}&shape=${hash}&compareTo=previous`)
  assert.deepEqual(
    [json.runs, json.durationMs, json.totalMs, json.previous?.runs, json.previous?.totalMs],
    [20, { p50: 1000, p95: 1900, p99: 2000 }, 21_000, 1, 300],
  )
  assert.deepEqual(json.samples, [
    { at: 'p50', id: ids[9], durationMs: 1000, criticalPath: `/trees/${ids[9]}/critical-path?format=text` },
    { at: 'p95', id: ids[18], durationMs: 1900, criticalPath: `/trees/${ids[18]}/critical-path?format=text` },
    { at: 'worst', id: ids[19], durationMs: 2000, criticalPath: `/trees/${ids[19]}/critical-path?format=text` },
  ])
  assert.deepEqual(
    json.data.map(({ name, runs, previous }) => [name, runs, previous?.totalMs]),
    [
      ['charge-card', 20, 300],
      ['on-order-created', 20, 0],
    ],
  )
})

test('one end alone, and ends beside a root or a shape, are refused with what is allowed', async (t) => {
  const { get } = await service(t)
  for (const [query, parameter] of [
    ['fromFunction=a', 'fromFunction'],
    ['toFunction=a', 'toFunction'],
    ['fromFunction=a&toFunction=b&rootFunction=c', 'fromFunction'],
    ['shape=x', 'shape'],
  ]) {
    const { errors } = assertProblem('invalid-request', await get(`/critical-paths?${query}`))
    assert.deepEqual(
      errors?.map((error) => error.parameter),
      [parameter],
      query,
    )
  }
})
