import assert from 'node:assert/strict'
import test from 'node:test'
import type pg from 'pg'
import { Random } from '../../src/demo/random.ts'
import type { ValueSchema } from '../fuzz/document.ts'
import { lists } from '../support/endpoints.ts'
import { forest, insertForest, instantOf } from '../support/forest.ts'
import { pages, rowsOf, type Listed } from '../support/pages.ts'
import * as reference from '../support/reference.ts'
import { addInvocation, addJob, addKeptLink } from '../support/rows.ts'
import { service } from '../support/service.ts'

const at = Date.parse('2026-11-22T09:00:00Z')
const window = `from=${instantOf(at * 1000 - 60_000_000)}&to=${instantOf(at * 1000 + 180_000_000)}`

interface Shown {
  id?: string
  invocationId?: string
  triggered?: { invocationId: string }
  root?: { id: string }
}

const idOf = ({ id, invocationId, triggered, root }: Shown): string =>
  id ?? invocationId ?? triggered?.invocationId ?? root?.id ?? ''

/** The rows of a list by plain SQL; of one that is not here, a page that holds them all says what there is. */
const references: Record<string, (pool: pg.Pool) => Promise<object[]>> = {
  '/invocations': (pool) => reference.invocations(pool, 'true'),
  '/chains': (pool) => reference.links(pool, 'true'),
  '/jobs': (pool) => reference.jobs(pool, 'true'),
  '/events': (pool) => reference.events(pool, 'e.detected'),
  '/trees': (pool) => reference.trees(pool, 'true', 'true'),
}

/** A root with a job and what that triggered, whose link was once ours, somewhere in the window: before, between and after the rows that are there. */
async function write(pool: pg.Pool, random: Random): Promise<void> {
  const created_at = () => instantOf(at * 1000 + random.int(-50_000_000, 170_000_000))
  const root = await addInvocation(pool, { created_at: created_at() })
  const job = await addJob(pool, root, { created_at: created_at() })
  const triggered = await addInvocation(pool, { created_at: created_at(), source_job_id: job })
  await addKeptLink(pool, triggered, { job_id: job, state: 'undone' })
}

/** Our table knows of every link that somebody took it back: no answer but /links tells that. */
async function keepUndone(pool: pg.Pool): Promise<void> {
  await pool.query(`
    insert into observability_links (invocation_id, created_at, job_id, state, rule_version, rule_settings)
    select id, created_at, source_job_id, 'undone', 1, '' from invocations where source_job_id is not null`)
}

for (const list of lists) {
  for (const order of ['desc', 'asc']) {
    test(`${list} in ${order} order shows each row that was there once, while others arrive`, async (t) => {
      const shown = await service(t)
      await insertForest(shown.pool, forest(4, 200, at))
      await keepUndone(shown.pool)
      const there = (
        await (references[list]?.(shown.pool) ?? rowsOf<Shown>(shown, `${list}?${window}&limit=1000`))
      ).map(idOf)
      const random = new Random(4, 1, 0)
      const seen: string[] = []
      let writing = Promise.resolve()
      for await (const page of pages<Shown>(
        shown,
        `${list}?${window}&order=${order}&limit=${Math.ceil(there.length / 40)}`,
      )) {
        seen.push(...page.map(idOf))
        // One write lands before the next page is read, another while it is.
        await writing
        await write(shown.pool, random)
        writing = write(shown.pool, random)
      }
      await writing
      const ids = new Set(seen)
      assert.equal(ids.size, seen.length, 'a row came twice')
      assert.deepEqual(
        there.filter((id) => !ids.has(id)),
        [],
      )
      assert.ok(ids.size > there.length, 'no row that arrived later was met: the writer did not write among the pages')
    })
  }
}

for (const order of ['desc', 'asc']) {
  test(`of 3,000 rows 1 µs apart none is lost, and each shows its microsecond (${order})`, async (t) => {
    const shown = await service(t)
    await shown.pool.query(`
      insert into invocations (created_at, source_function, source_event_payload, source_event_time)
      select created_at, 'fast', '{}', created_at + interval '7 us'
        from (select '2026-11-22T09:00:00.998500Z'::timestamptz + n * interval '1 us' as created_at from generate_series(0, 2999) n) times`)
    const expected = await reference.invocations(shown.pool, 'true')
    const rows = await rowsOf<{ createdAt: string }>(shown, `/invocations?${window}&order=${order}&limit=17`)
    assert.deepEqual(rows, order === 'desc' ? expected : expected.reverse())
    for (const { createdAt } of rows) assert.match(createdAt, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/)
  })
}

test('a filter of one name means the same in every list: all time, or the last 24 hours', async (t) => {
  const { app, get } = await service(t)
  const { paths } = app.swagger() as unknown as {
    paths: Record<string, { get: { parameters?: Array<{ name: string; schema: { items?: ValueSchema } }> } }>
  }
  const reach = new Map<string, Set<string>>()
  for (const [
    path,
    {
      get: { parameters = [] },
    },
  ] of Object.entries(paths)) {
    if (!parameters.some(({ name }) => name === 'cursor')) continue
    for (const {
      name,
      schema: { items },
    } of parameters) {
      // Only summaries answer `contains`, and nothing is summed up here; `include` adds to rows, and leaves none out.
      if (!items || name === 'contains' || name === 'include') continue
      const { json } = await get<Listed<Shown>>(
        `${path}?${name}=${items.format === 'uuid' ? '018f3c5e-0000-7000-8000-000000000000' : (items.enum?.[0] ?? items.examples?.[0] ?? 'x')}`,
      )
      reach.set(name, (reach.get(name) ?? new Set()).add(json.page.from === null ? 'all time' : 'the last 24 hours'))
    }
  }
  assert.deepEqual([...(reach.get('correlationId') ?? [])], ['all time'])
  assert.deepEqual(
    [...reach].filter(([, meanings]) => meanings.size > 1).map(([name]) => name),
    [],
  )
  assert.deepEqual(
    [...reach]
      .filter(([, meanings]) => meanings.has('all time'))
      .map(([name]) => name)
      .toSorted(),
    ['correlationId', 'eventExecutionId', 'invocationId', 'sourceEventId', 'sourceJobId'],
  )
})

test('without from and to a list shows the last 24 hours, by an id all time; the page says which, and its cursor keeps it', async (t) => {
  const { get, pool } = await service(t)
  const hours = (ago: number) => new Date(Date.now() - ago * 3_600_000).toISOString()
  const root = await addInvocation(pool, {
    created_at: hours(23),
    correlation_id: 'c',
    source_event_id: '0f8fad5b-d9cb-469f-a165-708677289511',
  })
  const old = await addInvocation(pool, {
    created_at: hours(25),
    correlation_id: 'c',
    source_event_id: '0f8fad5b-d9cb-469f-a165-708677289511',
  })
  const job = await addJob(pool, root, { created_at: hours(23) })
  const oldJob = await addJob(pool, root, { created_at: hours(25) })
  const links = [
    await addInvocation(pool, { created_at: hours(22), source_job_id: job, correlation_id: 'd' }),
    await addInvocation(pool, { created_at: hours(30), source_job_id: job, correlation_id: 'd' }),
  ]
  const wanted: Array<[path: string, ids: Array<string | undefined>]> = [
    ['/invocations?root=true', [root]],
    ['/invocations?root=true&window=26h', [root, old]],
    ['/invocations?correlationId=c', [root, old]],
    ['/invocations?sourceEventId=0f8fad5b-d9cb-469f-a165-708677289511', [root, old]],
    [`/invocations?sourceJobId=${job}`, links],
    [`/invocations?correlationId=c&window=24h`, [root]],
    ['/chains', links.slice(0, 1)],
    ['/chains?correlationId=d', links],
    ['/chains?correlationId=d&correlationId=e&triggeringFunction=on-order-created', links],
    ['/chains?correlationId=d&window=24h', links.slice(0, 1)],
    ['/jobs', [job]],
    [`/jobs?invocationId=${root}`, [job, oldJob]],
    ['/trees', [root]],
  ]
  for (const [path, ids] of wanted) {
    const started = Date.now()
    const { json } = await get<Listed<Shown>>(path)
    assert.deepEqual(json.data.map(idOf), ids, path)
    const { from, to } = json.page
    if (/(correlationId|sourceEventId|sourceJobId|invocationId)=/.test(path) && !path.includes('window='))
      assert.deepEqual([from, to], [null, null], path)
    else {
      assert.equal(
        Date.parse(String(to)) - Date.parse(String(from)),
        (path.includes('26h') ? 26 : 24) * 3_600_000,
        path,
      )
      assert.ok(Date.parse(String(to)) >= started && Date.parse(String(to)) <= Date.now(), path)
    }
  }
  const { json: first } = await get<Listed<Shown>>('/invocations?window=31h&limit=1')
  const { json: second } = await get<Listed<Shown>>(`/invocations?window=31h&limit=2&cursor=${first.page.nextCursor}`)
  assert.deepEqual([second.page.from, second.page.to], [first.page.from, first.page.to])
})

for (const order of ['desc', 'asc']) {
  test(`a status that is rare among many trees is searched for 2,000 roots at a time (${order})`, async (t) => {
    const shown = await service(t)
    await shown.pool.query(`
      insert into invocations (created_at, source_function, source_event_payload, status, total_duration_ms)
      select '2026-11-22T09:00:00Z'::timestamptz + n / 2 * interval '1 ms', 'many', '{}', case when n % 1900 = 7 then 'failed' else 'completed' end, 1 from generate_series(1, 4500) n`)
    const expected = await reference.trees(shown.pool, 'true', `f.status = 'failed'`)
    assert.equal(expected.length, 3)
    for (const limit of [1, 2, 3]) {
      const path = `/trees?${window}&status=failed&order=${order}&limit=${limit}`
      const { json } = await shown.get<Listed<Shown>>(path)
      assert.ok((json.page.examined ?? 0) <= 2000 && json.data.length < 3, path)
      assert.deepEqual(await rowsOf(shown, path), order === 'desc' ? expected : expected.toReversed(), path)
    }
    for (const [query, most] of [
      ['limit=700', 700],
      ['status=failed&limit=1', 2000],
      ['status=completed&status=failed&limit=1000', 1000],
    ] as const) {
      const looked: number[] = []
      for (let cursor: string | null | undefined; cursor !== null;) {
        const path = `/trees?${window}&order=${order}&${query}${cursor ? `&cursor=${cursor}` : ''}`
        const { data, page } = (await shown.get<Listed<Shown>>(path)).json
        const examined = page.examined ?? 0
        assert.ok(examined >= data.length && examined <= most, `${query}: ${examined} for ${data.length}`)
        looked.push(examined)
        cursor = page.nextCursor
      }
      assert.equal(
        looked.reduce((sum, each) => sum + each, 0),
        4500,
        `${query}: each root counts once`,
      )
    }
    const { json: none } = await shown.get<Listed<Shown>>(`/trees?${window}&status=running&order=${order}`)
    assert.deepEqual([none.data, none.page.examined, typeof none.page.nextCursor], [[], 2000, 'string'])
    assert.deepEqual(await rowsOf(shown, `/trees?${window}&status=running&order=${order}`), [])
  })
}
