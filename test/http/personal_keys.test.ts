import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import test from 'node:test'
import type pg from 'pg'
import { createLog } from '../../src/log.ts'
import { recordPathsOf } from '../../src/domain/search/record-path.ts'
import { assertProblem } from '../support/problem.ts'
import { addInvocation } from '../support/rows.ts'
import { indexAll, indexWorker } from '../support/search-index.ts'
import { service } from '../support/service.ts'
import { until } from '../support/until.ts'

interface Found {
  data: Array<{ match: string; data: Array<{ id: string; table: string | null; recordId: string | null }> }>
  notSearched: Array<{ match: string; why: string }>
}

const recordPaths = recordPathsOf('event.data.new.id') ?? []
const paths = recordPathsOf('event.data.new.email,event.data.old.email,event.data.new.phone') ?? []
const search = { recordPaths, personal: { paths, hashKey: randomBytes(32) }, indexed: true }
const may = { anonymousScopes: ['read', 'read:payload'] as const, search }
const at = (minutesAgo: number): string => new Date(Date.now() - minutesAgo * 60_000).toISOString()
const idsOf = ({ data }: Found): string[] => data.flatMap(({ data: hits }) => hits.map(({ id }) => id))
const asked = (q: string): string => `/search?q=${encodeURIComponent(q)}&in=personal`

/** A customer whose address changed in the past, and one of this very minute, whom the index does not hold yet. */
async function customers(pool: pg.Pool, now = at(0)): Promise<{ old: string; newest: string }> {
  const add = (created_at: string, data: object) =>
    addInvocation(pool, {
      created_at,
      source_table: 'public.customers',
      source_event_payload: JSON.stringify({ event: { data } }),
    })
  const old = await add(at(90), {
    old: { email: 'Jo.Planted@Example.com' },
    new: { id: 7, email: ' jo.planted@example.COM ', phone: '+49 170 1234567' },
  })
  return { old, newest: await add(now, { new: { id: 8, email: 'new.planted@example.com', phone: 491700000001 } }) }
}

test('a personal key is found with the scope read:payload, whole and in whatever case, in the index and in payloads that it does not hold yet', async (t) => {
  const { get, pool, url } = await service(t, may)
  const { old, newest } = await customers(pool)
  for (const made of [false, true]) {
    if (made) await indexAll(url, search)
    for (const [q, id] of [
      ['jo.planted@example.com', old],
      ['  JO.PLANTED@EXAMPLE.COM', old],
      ['+49 170 1234567', old],
      ['New.Planted@example.com', newest],
      ['491700000001', newest],
    ] as const)
      assert.deepEqual(idsOf((await get<Found>(asked(q))).json), [id], q)
    for (const q of ['jo.planted@example.co', 'planted@example.com', '1234567'])
      assert.deepEqual((await get<Found>(asked(q))).json.data, [], q)
  }
  const { json } = await get<Found>('/search?q=jo.planted%40example.com')
  assert.deepEqual(
    json.data.map(({ match, data }) => [match, data[0]?.table, data[0]?.recordId]),
    [['personal', null, null]],
  )
})

test('without the scope nothing tells whether a customer exists, and what is kept are hashes alone', async (t) => {
  const lines: string[] = []
  const log = createLog('trace', false, { write: (line) => lines.push(line) })
  const { get, app, pool, url } = await service(t, { search, log })
  await customers(pool, at(2))
  await indexAll(url, search)
  const same = async (known: string, unknown: string): Promise<void> => {
    const answers = await Promise.all(
      [known, unknown].flatMap((q) =>
        [`/search?q=${encodeURIComponent(q)}`, `/records/customers/${encodeURIComponent(q)}`].map((url) =>
          app.inject(url),
        ),
      ),
    )
    const told = answers.map(({ statusCode, body }) => [
      statusCode,
      body
        .replaceAll(/"(requestId|asOf|instance|since)":"[^"]*"/g, '')
        .replaceAll(known, '')
        .replaceAll(unknown, ''),
    ])
    assert.deepEqual(told.slice(0, 2), told.slice(2), known)
  }
  await same('jo.planted@example.com', 'jo.nobody@example.com')
  await same('+49 170 1234567', '+49 170 7654321')
  await same('491700000001', '491700000002')
  assert.match(
    assertProblem('forbidden', await get(asked('+49 170 1234567'))).detail,
    /in=personal needs the scope read:payload/,
  )

  const all = await service(
    t,
    { ...may, log, anonymousScopes: ['read', 'read:payload', 'metrics'] },
    {
      url,
      pool,
    },
  )
  assert.equal(idsOf((await all.get<Found>(asked('jo.planted@example.com'))).json).length, 1)
  const metrics = (await all.app.inject('/metrics')).body
  const { rows: tables } = await pool.query<{ name: string }>(
    `select tablename as name from pg_tables where schemaname = 'public' and tablename like 'observability%'`,
  )
  const held: string[] = []
  for (const { name } of tables)
    held.push(...(await pool.query<{ row: string }>(`select r::text as row from ${name} r`)).rows.map(({ row }) => row))
  assert.equal(held.filter((row) => row.includes('personal')).length, 5, 'the hashes of what stands at each path')
  for (const told of [metrics, ...lines, ...held])
    for (const secret of ['planted', 'Planted', '1234567', '491700000001']) assert.ok(!told.includes(secret), told)
})

test('another key makes the hashes again, none of the old ones stays, and those of deleted invocations go', async (t) => {
  const { get, pool, url } = await service(t, {
    ...may,
    search: { ...search, personal: { paths, hashKey: randomBytes(32) } },
  })
  const { old } = await customers(pool)
  await indexAll(url, search)
  const hashes = async () =>
    (await pool.query<{ value: string }>(`select value from observability_search where kind = 'personal'`)).rows.map(
      ({ value }) => value,
    )
  const before = await hashes()
  assert.ok(before.length > 0)
  assert.deepEqual(idsOf((await get<Found>(asked('jo.planted@example.com'))).json), [old], 'payloads are read')
  const worker = indexWorker(t, url, { ...search, personal: { paths, hashKey: randomBytes(32) } })
  await until('all is indexed', () => worker.text().includes('of the last 400 days are indexed'))
  const after = await hashes()
  assert.ok(after.length > 0 && !after.some((hash) => before.includes(hash)))
  await pool.query('delete from invocations')
  await until('no hash is left', async () => (await hashes()).length === 0)
})

test('without SEARCH_KEYS a search for such a value says that nothing of it was looked at', async (t) => {
  const { get } = await service(t, { anonymousScopes: ['read', 'read:payload'] })
  const { json } = await get<Found>(asked('jo@example.com'))
  assert.deepEqual(json.notSearched, [
    { match: 'personal', why: 'SEARCH_KEYS names no place in payloads where such a value stands', since: null },
  ])
})
