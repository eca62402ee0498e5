import assert from 'node:assert/strict'
import test from 'node:test'
import type pg from 'pg'
import { usualEdges } from '../../src/domain/missing/usual.ts'
import * as reference from '../support/analysis.ts'
import { forest, insertForest } from '../support/forest.ts'
import { seedsAndModes, serviceInMode } from '../support/link-modes.ts'
import { missing } from '../support/missing.ts'
import { addEvent, addInvocation, addJob, addKeptLink } from '../support/rows.ts'
import { service } from '../support/service.ts'

const at = Date.parse('2026-11-22T09:00:00Z')
const MINUTE = 60_000

interface Edge {
  source: { kind: string; name: string }
  target: { kind: string; name: string }
  missing: number
  late: number
  severed: number | null
  samples: Array<{ id: string; invocationId: string; status: string; tree: string }>
}

interface Missing {
  note?: string
  data: Edge[]
  learnt: { edges: number; lengthMs: number; sampled: boolean }
  page: { groups: number; examined: number; sampled: boolean }
}

const byEnds = <T extends { source: object; target: object }>(edges: readonly T[]): T[] =>
  edges.toSorted((a, b) => (JSON.stringify([a.source, a.target]) < JSON.stringify([b.source, b.target]) ? -1 : 1))

for (const { seed, mode } of seedsAndModes) {
  test(`what normally follows and did not is what a loop over all rows finds (forest of seed ${seed}, links ${mode})`, async (t) => {
    const { get, pool } = await serviceInMode(t, mode, (to) => insertForest(to, forest(seed, 300, at)))
    const facts = await reference.factsOf(pool)
    const window = { from: at * 1000 + 25_000_000, to: at * 1000 + 70_000_000 }
    for (const rule of [
      { support: 3, confidence: 0.3 },
      { support: 10, confidence: 0 },
      { support: 40, confidence: 0.95 },
    ]) {
      const expected = missing(facts, window, Date.now() * 1000, rule)
      assert.ok(rule.confidence > 0.9 || expected.length > 3, JSON.stringify(rule))
      const path = `/missing?from=${reference.instant(window.from)}&to=${reference.instant(window.to)}&support=${rule.support}&confidence=${rule.confidence}&limit=1000`
      const { json } = await get<Missing>(path)
      const shown = json.data.map(({ severed: _severed, samples, ...edge }) => ({
        ...edge,
        samples: samples.map(({ id }) => id),
      }))
      assert.deepEqual(byEnds(shown), byEnds(expected as unknown as typeof shown), JSON.stringify(rule))
      assert.equal(json.page.groups, expected.length)
      const [first] = expected
      if (first === undefined) continue
      const named = (await get<Missing>(`${path}&name=${encodeURIComponent(first.source.name)}`)).json
      assert.ok(named.data.length > 0)
      for (const { source, target } of named.data)
        assert.ok(source.name === first.source.name || target.name === first.source.name)
    }
  })
}

/** 30 times in the days before, a job of its own name led to its function; so many minutes before now in the window, and ended after a second. */
async function usual(pool: pg.Pool): Promise<(minutes: number, followedAfter: number | null) => Promise<string>> {
  const now = Date.now()
  const run = async (ago: number, followedAfter: number | null, duration: number | null = 1000): Promise<string> => {
    const created_at = new Date(now - ago).toISOString()
    const root = await addInvocation(pool, { created_at, source_function: 'on-order-paid' })
    const job = await addJob(pool, root, { created_at, job_name: 'plan-shipment', duration_ms: duration })
    if (followedAfter !== null)
      await addInvocation(pool, {
        created_at: new Date(now - ago + 1000 + followedAfter).toISOString(),
        source_function: 'on-shipment-planned',
        source_job_id: job,
      })
    return job
  }
  for (let n = 0; n < 30; n += 1) await run((25 + n) * 60 * MINUTE, 2000)
  return (minutes, followedAfter) => run(minutes * MINUTE, followedAfter)
}

test('one run of a step that always follows is missing, and what is late, too young or severed is counted apart', async (t) => {
  const { get, pool } = await service(t)
  const run = await usual(pool)
  const lost = await run(90, null)
  await run(80, 500)
  await run(70, 5 * MINUTE)
  // Too young whatever time this test takes: its job ends in a second, and nothing is missed before a minute after that.
  await run(0, null)
  const target = await addInvocation(pool, { source_function: 'on-shipment-planned' })
  await addKeptLink(pool, target, { state: 'severed' })
  const { json } = await get<Missing>('/missing?window=24h')
  const [edge, ...others] = json.data
  assert.deepEqual(others, [])
  const { samples, ...figures } = edge ?? { samples: [] }
  const { firstMissing, lastMissing, ...counts } = figures as unknown as Record<string, unknown>
  assert.equal(firstMissing, lastMissing)
  assert.deepEqual(counts, {
    source: { kind: 'job', name: 'plan-shipment' },
    target: { kind: 'function', name: 'on-shipment-planned' },
    support: 30,
    confidence: 1,
    lagP99Ms: 2000,
    runs: 4,
    followed: 1,
    late: 1,
    missing: 1,
    missingRate: 0.333333,
    notJudged: 1,
    severed: 1,
  })
  assert.deepEqual(
    samples.map(({ id, status, tree }) => [id, status, tree]),
    [[lost, 'completed', `/trees/${samples[0]?.invocationId}?from=root&format=text`]],
  )
  assert.deepEqual(json.learnt, { edges: 2, lengthMs: 7 * 24 * 60 * MINUTE, sampled: false })
  const { json: rare } = await get<Missing>('/missing?window=24h&support=31')
  assert.deepEqual([rare.data, rare.learnt.edges], [[], 0])
})

interface Failures {
  rootCauses: { data: Array<{ name: string; didNotFollow: Array<{ kind: string; name: string }> | null }> }
}

test('the failures of a tree tell what normally follows a failed job and did not, where that is known', async (t) => {
  const { get, pool } = await service(t)
  const run = await usual(pool)
  const failedJobs = [await run(90, null), await run(80, 500), await run(0, null)]
  const created_at = new Date(Date.now() - 91 * MINUTE).toISOString()
  const crashed = await addInvocation(pool, { created_at, source_function: 'on-order-paid' })
  await addEvent(pool, crashed, { created_at, event_name: 'paid', status: 'handler_failed' })
  const seldom = await addJob(pool, await addInvocation(pool, { created_at }), { created_at, job_name: 'seldom' })
  await pool.query("update job_executions set status = 'failed' where id = any($1)", [[...failedJobs, seldom]])
  const told = async (id: string) => (await get<Failures>(`/trees/${id}/failures?from=root`)).json.rootCauses.data
  const reached = { kind: 'function', name: 'on-shipment-planned', support: 30, confidence: 1 }
  const job = { kind: 'job', name: 'plan-shipment', support: 30, confidence: 1 }
  assert.deepEqual(
    await Promise.all([...failedJobs, crashed, seldom].map(async (id) => (await told(id))[0]?.didNotFollow)),
    [[reached], [], [], [job], null],
  )
  const { text } = await get(`/trees/${failedJobs[0]}/failures?from=root&format=text`)
  assert.match(text, /\n {4}did not follow: function on-shipment-planned \(100\.0 % of 30 runs before\)\n/)
})

test('where most links are lost there is a note, and no list', async (t) => {
  const { get, pool } = await service(t)
  const run = await usual(pool)
  const lost = await run(90, null)
  const named = await addJob(pool, await addInvocation(pool))
  for (let n = 0; n < 40; n += 1)
    await addInvocation(pool, { source_event_payload: JSON.stringify({ __sourceJobId: named }) })
  const { json } = await get<Missing>('/missing?window=24h')
  assert.match(json.note ?? '', /^Only 43 % of the links are known/)
  await pool.query("update job_executions set status = 'failed' where id = $1", [lost])
  const { json: failures } = await get<Failures>(`/trees/${lost}/failures?from=root`)
  assert.deepEqual(
    failures.rootCauses.data.map(({ didNotFollow }) => didNotFollow),
    [null],
  )
  assert.deepEqual([json.data, json.learnt.edges, json.page.examined], [[], 0, 0])
})

test('an edge is usual from the least support and the least confidence on', () => {
  const row = { source: 'a', target: 'b', runs: 20, followed: 19, lagP99: -5 }
  const ends = { source: 'job', target: 'function' } as const
  const rule = { support: 20, confidence: 0.95 }
  assert.deepEqual(usualEdges(ends, [row], rule), [
    {
      source: { kind: 'job', name: 'a' },
      target: { kind: 'function', name: 'b' },
      support: 20,
      confidence: 0.95,
      lagP99Ms: -5,
      patienceMs: 60_000,
    },
  ])
  assert.deepEqual(usualEdges(ends, [{ ...row, runs: 19, followed: 19 }], rule), [])
  assert.deepEqual(usualEdges(ends, [{ ...row, followed: 18 }], rule), [])
  assert.deepEqual(usualEdges(ends, [{ ...row, followed: 0 }], { support: 1, confidence: 0 }), [])
})
