import assert from 'node:assert/strict'
import type pg from 'pg'
import { forest, insertForest, type Forest } from '../support/forest.ts'
import { rowsOf } from '../support/pages.ts'
import * as reference from '../support/reference.ts'
import type { Service } from '../support/service.ts'
import { flat, type NestedTree } from '../support/trees.ts'

const at = Date.parse('2026-11-22T09:00:00Z')
const window = 'from=2026-11-22T08:59:00Z&to=2026-11-22T09:00:40Z'
const inWindow = (row: 'i' | 'j'): string =>
  `${row}.created_at >= '2026-11-22T08:59:00Z' and ${row}.created_at < '2026-11-22T09:00:40Z'`

/** Characters that the database may not know, and its encoding (which knows all of UTF-8 where it is none). */
const known: Record<string, RegExp> = {
  LATIN1: /[^\p{ASCII}\u0080-\u00ff]/gu,
  WIN1252: /[^\p{ASCII}\u00a0-\u00ff]/gu,
  EUC_JP: /[^\p{ASCII}\u3000-\u9fff]/gu,
}

async function unknownTo(pool: pg.Pool): Promise<RegExp | undefined> {
  const { rows } = await pool.query<{ server_encoding: string }>('show server_encoding')
  return known[rows[0]?.server_encoding ?? '']
}

/** Puts a random forest into the database; what its encoding does not know becomes a question mark. */
export async function nest(pool: pg.Pool): Promise<void> {
  const unknown = await unknownTo(pool)
  const rows = forest(4, 60, at)
  return insertForest(
    pool,
    unknown === undefined ? rows : (JSON.parse(JSON.stringify(rows).replace(unknown, '?')) as Forest),
  )
}

/** Asks every list with a filter on each kind of column, every detail and tree of some invocations, and compares with what plain SQL finds. */
export async function agrees(service: Pick<Service, 'get'>, pool: pg.Pool): Promise<void> {
  const unknown = await unknownTo(pool)
  // A text that cannot be there equals nothing; typed at a prompt it would be an error.
  const text = (value: string): string => (unknown !== undefined && value.search(unknown) >= 0 ? 'null' : `'${value}'`)
  const list = async (path: string, expected: object[]): Promise<void> => {
    assert.deepEqual(await rowsOf(service, `${path}&limit=7`), expected, path)
    assert.deepEqual(
      await rowsOf(service, `${path}&limit=50&order=asc`),
      expected.toReversed(),
      `${path} in ascending order`,
    )
  }
  const all = await reference.invocations(pool, inWindow('i'))
  assert.ok(all.length > 20)
  await list(`/invocations?${window}`, all)
  await list(
    `/invocations?${window}&status=failed&sourceFunction=zahlung-pr%C3%BCfen&sourceFunction=on-order-created`,
    await reference.invocations(
      pool,
      `${inWindow('i')} and i.status::text = 'failed' and i.source_function::text in (${text('zahlung-prüfen')}, 'on-order-created')`,
    ),
  )
  await list(
    '/invocations?correlationId=bestellung-%C3%9F',
    await reference.invocations(pool, `i.correlation_id::text = ${text('bestellung-ß')}`),
  )
  await list(
    `/jobs?${window}&status=failed&status=running&name=x,y&name=Capture-Payment`,
    await reference.jobs(
      pool,
      `${inWindow('j')} and j.status::text in ('failed', 'running') and j.job_name::text in ('x,y', 'Capture-Payment')`,
    ),
  )
  await list(`/chains?${window}`, await reference.links(pool, inWindow('i')))
  await list(
    `/chains?${window}&triggeringJob=x,y&triggeringJob=%E9%80%81%E3%82%8B&status=completed`,
    await reference.links(
      pool,
      `${inWindow('i')} and j.job_name::text in ('x,y', ${text('送る')}) and i.status::text = 'completed'`,
    ),
  )
  await list(`/trees?${window}`, await reference.trees(pool, inWindow('i'), 'true'))
  await list(`/trees?${window}&status=failed`, await reference.trees(pool, inWindow('i'), `f.status = 'failed'`))
  for (const { id } of all.filter((_, nth) => nth % 10 === 0)) await details(service, pool, id)
}

async function details({ get }: Pick<Service, 'get'>, pool: pg.Pool, id: string): Promise<void> {
  const { status, json, text } = await get<{ jobs: { data: Array<{ id: string }> } }>(
    `/invocations/${id}?include=payload,context,stacks,results,options,email`,
    {},
  )
  assert.ok(status === 200 || status === 403, text)
  assert.equal((await get(`/invocations/${id}`)).status, 200)
  for (const job of (status === 200 ? json.jobs.data : []).slice(0, 1))
    assert.equal((await get(`/jobs/${job.id}`)).status, 200)
  const { onCycle } = await reference.lineage(pool, id)
  const expected = (await reference.tree(pool, id)).map(({ node, parentId, depth }) =>
    Object.assign(node, { parentId, depth }, onCycle && depth === 0 ? { cycle: true } : {}),
  )
  const {
    json: { tree },
  } = await get<NestedTree>(`/trees/${id}?include=events`)
  assert.deepEqual(flat(tree), expected, `/trees/${id}`)
  assert.equal((await get(`/trees/${id}?from=root&format=ndjson`)).status, 200)
}
