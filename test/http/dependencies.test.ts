import assert from 'node:assert/strict'
import test from 'node:test'
import * as reference from '../support/analysis.ts'
import { forest, insertForest, seeds } from '../support/forest.ts'
import { pages, rowsOf } from '../support/pages.ts'
import { assertProblem } from '../support/problem.ts'
import { addInvocation, addJob } from '../support/rows.ts'
import { service } from '../support/service.ts'
import { writersForest } from '../support/writers/forest.ts'
import { insertWriters } from '../support/writers/insert.ts'

const at = Date.parse('2026-11-22T09:00:00Z')
const levels = ['both', 'job', 'function'] as const

interface Edge {
  source: { kind: 'job' | 'function'; name: string }
  target: { kind: 'job' | 'function'; name: string }
  times: number
  runs: number
  runsWithout: number
  failureRate: number | null
  change?: string
  changed?: string[]
  previous?: { times: number } | null
}

interface Graph {
  note?: string
  data: Edge[]
  nodes: Array<{ kind: string; name: string; runs: number }>
  page: { groups: number; examined: number; sampled: boolean; nextCursor: string | null }
  links: { known: number | null; recorded: number; recovered: number; recoverable: number } | null
}

const key = ({ source, target }: Edge): string => JSON.stringify([source, target])
const sorted = <T extends Edge>(edges: readonly T[]): T[] => edges.toSorted((a, b) => (key(a) < key(b) ? -1 : 1))
const range = ({ from, to }: reference.Span): string => `from=${reference.instant(from)}&to=${reference.instant(to)}`

for (const seed of seeds) {
  test(`edges and nodes are those that a loop over all rows finds (forest of seed ${seed})`, async (t) => {
    const { get, pool } = await service(t)
    await insertForest(pool, forest(seed, 250, at))
    const facts = await reference.factsOf(pool)
    // The window ends in the middle of the rows, so that some edges reach over its ends.
    const window = { from: at * 1000 + 5_000_000, to: at * 1000 + 40_000_000 }
    for (const level of levels) {
      const expected = reference.dependencies(facts, level, window)
      assert.ok(expected.length > 20)
      const { json } = await get<Graph>(`/dependencies?${range(window)}&level=${level}&limit=1000`)
      assert.deepEqual(sorted(json.data), sorted(expected as unknown as Edge[]), level)
      const runs = [
        ...(level === 'function' ? [] : facts.jobs.map((run) => ({ run, kind: 'job' }))),
        ...(level === 'job' ? [] : facts.invocations.map((run) => ({ run, kind: 'function' }))),
      ].filter(({ run }) => reference.within(run, window))
      assert.equal(json.page.examined, runs.length)
      assert.deepEqual(
        json.nodes,
        json.nodes.map(({ kind, name }) => ({
          kind,
          name,
          ...reference.runFigures(
            runs.filter(({ run, kind: own }) => own === kind && run.name === name).map(({ run }) => run),
          ),
        })),
      )
      const ends = json.data.flatMap(({ source, target }) => [source, target].map((end) => JSON.stringify(end)))
      assert.deepEqual(
        new Set(json.nodes.map(({ kind, name }) => JSON.stringify({ kind, name }))),
        new Set(ends),
        'each end of an edge is a node, once',
      )
    }
  })
}

test('links that are kept beside the rows count as those of the column do', async (t) => {
  const recorded = await service(t)
  await insertForest(recorded.pool, forest(7, 200, at))
  const facts = await reference.factsOf(recorded.pool)
  await recorded.pool.query(`
    insert into observability_links (invocation_id, created_at, job_id, state, rule_version, rule_settings)
    select id, created_at, source_job_id, 'recovered', 1, 'test' from invocations where source_job_id is not null and abs(hashtext(id::text)) % 3 > 0`)
  await recorded.pool.query(
    'update invocations set source_job_id = null where id in (select invocation_id from observability_links)',
  )
  const { get } = await service(t, { rules: { staleAfter: 900_000, linkWay: 'overlay' } }, recorded)
  const window = { from: at * 1000, to: at * 1000 + 40_000_000 }
  for (const level of levels) {
    const { json } = await get<Graph>(`/dependencies?${range(window)}&level=${level}&limit=1000`)
    assert.deepEqual(sorted(json.data), sorted(reference.dependencies(facts, level, window) as unknown as Edge[]))
    const known = facts.invocations.filter(({ job }) => job !== null).length
    assert.ok(json.links && json.links.recovered > 50)
    assert.equal(json.links.recorded + json.links.recovered, known)
  }
})

test('on rows of real writers the same edges are found, and few known links are told of first', async (t) => {
  const { get, pool } = await service(t)
  const forestOf = writersForest({ seed: 5, deliveries: 70, transports: ['sql', 'graphql'], now: at })
  await insertWriters(pool, forestOf)
  const facts = await reference.factsOf(pool)
  const window = { from: (at - 20 * 86_400_000) * 1000, to: at * 1000 }
  for (const level of levels) {
    const { json, text } = await get<Graph>(`/dependencies?${range(window)}&level=${level}&limit=1000`)
    assert.deepEqual(
      sorted(json.data),
      sorted(reference.dependencies(facts, level, window) as unknown as Edge[]),
      level,
    )
    const { recorded = 0, recoverable = 0, known } = json.links ?? {}
    assert.equal(recorded, facts.invocations.filter(({ job }) => job !== null).length)
    assert.ok(recoverable > 0)
    assert.equal(known, Math.round((recorded / (recorded + recoverable)) * 1e4) / 1e4)
    assert.equal(text.startsWith('{"note":"Only '), known < 0.5)
  }
})

test('where no link is recorded the note stands first, and where all are there is none', async (t) => {
  const { get, pool } = await service(t)
  const named = await addJob(pool, await addInvocation(pool))
  await addInvocation(pool, { source_event_payload: JSON.stringify({ __sourceJobId: named }) })
  const { text, json } = await get<Graph>('/dependencies')
  assert.match(text, /^\{"note":"Only 0 % of the links are known: 0 of 1\. /)
  assert.equal(json.links?.known, 0)
  const other = await service(t)
  await addInvocation(other.pool, { source_job_id: await addJob(other.pool, await addInvocation(other.pool)) })
  const { note, links } = (await other.get<Graph>('/dependencies')).json
  assert.deepEqual([note, links?.known], [undefined, 1])
})

test('compareTo tells the edges that appeared, vanished, or changed by more than noise', async (t) => {
  const { get, pool } = await service(t)
  const add = async (hour: string, job: string, target: string, times: number, failures = 0): Promise<void> => {
    const created_at = `2026-11-22T${hour}:30:00Z`
    for (let n = 0; n < times; n += 1)
      await addInvocation(pool, {
        created_at,
        source_function: target,
        status: n < failures ? 'failed' : 'completed',
        source_job_id: await addJob(pool, await addInvocation(pool, { created_at }), { created_at, job_name: job }),
      })
  }
  await add('08', 'stays', 'same', 20)
  await add('09', 'stays', 'same', 25)
  await add('08', 'grows', 'more', 10)
  await add('09', 'grows', 'more', 45)
  await add('08', 'breaks', 'failing', 20, 0)
  await add('09', 'breaks', 'failing', 20, 12)
  await add('08', 'ends', 'gone', 3)
  await add('09', 'begins', 'new', 2)
  const hour = 'from=2026-11-22T09:00:00Z&to=2026-11-22T10:00:00Z'
  const { json } = await get<Graph>(`/dependencies?${hour}&compareTo=previous&limit=1000`)
  const told = json.data
    .filter(({ source }) => source.kind === 'job')
    .map(({ source, times, change, changed, previous }) => [source.name, times, change, changed, previous?.times])
    .toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1))
  assert.deepEqual(told, [
    ['begins', 2, 'appeared', [], undefined],
    ['breaks', 20, 'changed', ['failureRate'], 20],
    ['ends', 0, 'vanished', [], 3],
    ['grows', 45, 'changed', ['times'], 10],
    ['stays', 25, 'same', [], 20],
  ])
  const only = await get<Graph>(`/dependencies?${hour}&change=vanished&change=appeared`)
  assert.ok(
    only.json.data.length >= 2 && only.json.data.every(({ change }) => change !== 'same' && change !== 'changed'),
  )
  assertProblem('invalid-request', await get('/dependencies?from=-infinity&to=infinity&compareTo=previous'))
})

test('around shows what stands within so many hops, in both directions', async (t) => {
  const { get, pool } = await service(t)
  let job: string | null = null
  for (const name of ['a', 'b', 'c', 'd', 'e']) {
    const id: string = await addInvocation(pool, { source_function: `f-${name}`, source_job_id: job })
    job = await addJob(pool, id, { job_name: `j-${name}` })
  }
  const names = async (query: string): Promise<string[]> =>
    (await get<Graph>(`/dependencies?sort=name&${query}`)).json.data.map(
      ({ source, target }) => `${source.name} ${target.name}`,
    )
  assert.deepEqual(await names('around=j-c'), ['f-c j-c', 'j-c f-d'])
  assert.deepEqual(await names('around=f-c&hops=2&level=function'), ['f-a f-b', 'f-b f-c', 'f-c f-d', 'f-d f-e'])
  assert.deepEqual(await names('around=nobody&hops=10'), [])
})

for (const sort of ['-times', 'name', 'lagP95']) {
  test(`pages sorted by ${sort} show each edge once, while rows arrive that change none of them`, async (t) => {
    const shown = await service(t)
    await insertForest(shown.pool, forest(3, 150, at))
    const window = `from=2026-11-22T09:00:00Z&to=2026-11-22T09:02:00Z`
    const path = `/dependencies?${window}&level=job&sort=${sort}`
    const all = await rowsOf<Edge>(shown, `${path}&limit=1000`)
    const seen: Edge[] = []
    for await (const page of pages<Edge>(shown, `${path}&limit=7`)) {
      seen.push(...page)
      // Outside of the window, which the cursor pins, and inside of it under names of their own.
      const late = await addJob(shown.pool, await addInvocation(shown.pool, { created_at: '2026-11-22T09:02:30Z' }))
      await addInvocation(shown.pool, { source_job_id: late, created_at: '2026-11-22T09:01:00Z' })
    }
    assert.ok(all.length > 14)
    assert.deepEqual(seen.map(key), all.map(key))
  })
}
