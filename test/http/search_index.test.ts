import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import test from 'node:test'
import type pg from 'pg'
import { recordPathsOf } from '../../src/domain/search/record-path.ts'
import { addInvocation } from '../support/rows.ts'
import { indexAll } from '../support/search-index.ts'
import { service, type Answer, type Service } from '../support/service.ts'
import { writersForest } from '../support/writers/forest.ts'
import { insertWriters } from '../support/writers/insert.ts'

interface History {
  data: Array<{ table: string; invocation: { id: string } }>
  page: { nextCursor: string | null }
  since: string | null
}

interface Found {
  data: Array<{ match: string; data: Array<{ id: string; table: string; recordId: string }>; more: boolean }>
  notSearched: Array<{ match: string; why: string; since: string | null }>
}

const recordPaths = recordPathsOf('event.data.new.id,event.data.old.id,event.data.new.tenant+event.data.new.no') ?? []
const indexed = { recordPaths, indexed: true }
const changed = (row: { new?: unknown; old?: unknown }): string => JSON.stringify({ event: { data: row } })
const path = (table: string, id: string): string => `/records/${encodeURIComponent(table)}/${encodeURIComponent(id)}`
const UUID = '7C9E6679-7425-40DE-944B-E07FC1F90AE7'
const at = (minutesAgo: number): string => new Date(Date.now() - minutesAgo * 60_000).toISOString()

const odd = [
  changed({ new: { id: 7 } }),
  changed({ new: { id: '7' }, old: { id: 7 } }),
  changed({ new: null, old: { id: 7 } }),
  changed({ new: { id: 8 }, old: { id: 7 } }),
  changed({ new: { id: UUID } }),
  changed({ new: { id: UUID.toLowerCase() } }),
  changed({ new: { id: 'urn:x:1/2 ü%_' } }),
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

/** Payloads of the three writers, and odd ones, all older than the minute in which rows may be late. */
async function fill(pool: pg.Pool): Promise<void> {
  const transports = ['sql', 'graphql', 'eventkit', 'eventkit-late-jobs'] as const
  await insertWriters(pool, writersForest({ seed: 5, deliveries: 40, transports: [...transports], now: Date.now() }))
  let minute = 60
  for (const source_table of ['public.orders', 'shop.orders', 'public.re_orders', null])
    for (const source_event_payload of odd)
      await addInvocation(pool, { source_table, source_event_payload, created_at: at((minute += 1)) })
  await addInvocation(pool, {
    source_event_payload: JSON.stringify({
      table: { schema: 'public', name: 'orders' },
      ...JSON.parse(changed({ new: { id: 'own' } })),
    }),
    created_at: at(5),
  })
  // A name that no index of Postgres takes.
  await addInvocation(pool, {
    source_event_payload: JSON.stringify({
      table: { schema: 'public', name: randomBytes(4000).toString('hex') },
      ...JSON.parse(changed({ new: { id: 'long' } })),
    }),
    created_at: at(6),
  })
}

/** What plain SQL finds: the table, the id and the invocations, newest first, of each record. */
async function truth(pool: pg.Pool): Promise<Array<{ table: string; id: string; invocations: string[] }>> {
  const { rows } = await pool.query<{ table: string; id: string; invocations: string[] }>(`
    with named as (
      select distinct i.id as invocation, i.created_at,
             coalesce(i.source_table, concat_ws('.', i.source_event_payload #>> '{table,schema}', i.source_event_payload #>> '{table,name}'), '') as tab,
             case when v.id ~* '^[0-9a-f-]{36}$' then lower(v.id) else v.id end as id
        from invocations i,
             lateral (values
               (i.source_event_payload #> '{event,data,new,id}', i.source_event_payload #>> '{event,data,new,id}'),
               (i.source_event_payload #> '{event,data,old,id}', i.source_event_payload #>> '{event,data,old,id}'),
               (to_jsonb('key'::text), (i.source_event_payload #>> '{event,data,new,tenant}') || ':' || (i.source_event_payload #>> '{event,data,new,no}'))) v (json, id)
       where jsonb_typeof(v.json) in ('string', 'number') and v.id is not null and v.id not like '%@%' and v.id <> 'long')
    select tab as table, id, array_agg(invocation order by created_at desc, invocation desc) as invocations
      from named group by tab, id order by tab, id`)
  return rows
}

async function history({ get }: Pick<Service, 'get'>, table: string, id: string): Promise<string[]> {
  const found: string[] = []
  for (let next: string | null = `${path(table, id)}?limit=2`; next !== null;) {
    const { json }: Answer<History> = await get<History>(next)
    assert.equal(json.since, null)
    found.push(...json.data.map(({ invocation }) => invocation.id))
    next = json.page.nextCursor === null ? null : `${path(table, id)}?limit=2&cursor=${json.page.nextCursor}`
  }
  return found
}

test('the index finds what plain SQL finds in the payloads of all writers, and reads none of them', async (t) => {
  const reading = await service(t, { search: { recordPaths } })
  const { pool, url } = reading
  await fill(pool)
  const records = await truth(pool)
  assert.ok(records.length > 60, `${records.length} records`)
  assert.equal(await indexAll(url, indexed), (await pool.query('select from invocations')).rowCount)
  const { rows } = await pool.query(
    `select place as table, value as id, array_agg(invocation_id order by created_at desc, invocation_id desc) as invocations
       from observability_search where kind = 'record' group by place, value order by place collate "C", value collate "C"`,
  )
  const sorted = records.toSorted((a, b) => (`${a.table}\n${a.id}` < `${b.table}\n${b.id}` ? -1 : 1))
  assert.deepEqual(
    rows.toSorted((a, b) => (`${a.table}\n${a.id}` < `${b.table}\n${b.id}` ? -1 : 1)),
    sorted,
  )
  const searching = await service(t, { search: indexed }, reading)
  const asked = records.filter(({ table }) => table !== '')
  const some = asked.filter(
    ({ table, invocations }, nth) =>
      nth % Math.ceil(asked.length / 20) === 0 || (invocations.length > 1 && table.endsWith('.orders')),
  )
  for (const { table, id, invocations } of some) {
    assert.deepEqual(await history(reading, table, id), invocations, `${table} ${id} from payloads`)
  }
  // What is read from now on comes from the index.
  await pool.query(`update invocations set source_event_payload = '{}'`)
  for (const { table, id, invocations } of some)
    assert.deepEqual(await history(searching, table, id), invocations, `${table} ${id} from the index`)
  const all = (wanted: string) =>
    records
      .filter(({ table, id }) => id === wanted && (table === 'orders' || table.endsWith('.orders')))
      .flatMap(({ invocations }) => invocations)
      .toSorted()
  for (const id of ['7', UUID.toLowerCase(), 'urn:x:1/2 ü%_', 'acme:3'])
    assert.deepEqual((await history(searching, 'orders', id)).toSorted(), all(id), id)
  for (const q of [`orders:${UUID}`, 'shop.orders:7', 'urn:x:1/2 ü%_', '12345678901234567890']) {
    const { json } = await searching.get<Found>(`/search?q=${encodeURIComponent(q)}&in=record`)
    const id = q.replace(/^.*orders:/, '').toLowerCase()
    assert.ok(
      json.data[0]?.data.every(({ recordId }) => recordId === id),
      q,
    )
    assert.deepEqual(json.notSearched, [])
  }
  for (const q of ['rders:7', 'orders:9', 'or%rs:7', 'orders:["7"]', 'orders:true', 'orders:null'])
    assert.deepEqual((await searching.get<Found>(`/search?q=${encodeURIComponent(q)}&in=record`)).json.data, [], q)
})

test('what came after the index, and what is older than it reaches, is looked for in payloads; what is not looked at is told', async (t) => {
  const { get, pool, url } = await service(t, { search: indexed })
  const add = (created_at: string) =>
    addInvocation(pool, {
      source_table: 'public.orders',
      source_event_payload: changed({ new: { id: 1 } }),
      created_at,
    })
  const ancient = await add('2024-01-01T00:00:00Z')
  const old = await add(at(500))
  await indexAll(url, indexed)
  const newest = await add(at(0))
  const ids = async () => history({ get }, 'orders', '1')
  assert.deepEqual(await ids(), [newest, old, ancient])
  const { rows } = await pool.query('select invocation_id as id from observability_search')
  assert.deepEqual(rows, [{ id: old }], 'a row of two years ago is not kept')
  await pool.query(
    `update observability_search_reach set from_at = from_at + interval '1 day', to_at = now() - interval '1 hour'`,
  )
  await pool.query(
    `insert into invocations (source_function, source_event_payload, created_at)
     select 'f', '{}', now() - interval '40 minutes' + n * interval '0.1 s' from generate_series(1, 5000) n`,
  )
  const { notSearched } = (await get<Found>('/search?q=orders:1&in=record')).json
  assert.equal(notSearched[0]?.why, 'the index reaches no further, and of others at most 5000 payloads are read')
  assert.ok(notSearched[0]?.since)
})

test('an index that was made by other settings is not read', async (t) => {
  const { get, pool, url } = await service(t, {
    search: { ...indexed, recordPaths: recordPathsOf('event.data.new.no') ?? [] },
  })
  const id = await addInvocation(pool, {
    source_table: 'public.orders',
    source_event_payload: changed({ new: { id: 1, no: 2 } }),
    created_at: at(10),
  })
  await indexAll(url, indexed)
  assert.deepEqual((await get<Found>('/search?q=orders:1&in=record')).json.data, [])
  assert.equal((await get<Found>('/search?q=orders:2&in=record')).json.data[0]?.data[0]?.id, id)
})
