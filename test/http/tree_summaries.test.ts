import assert from 'node:assert/strict'
import test from 'node:test'
import type pg from 'pg'
import { cursorParts, encodedParts } from '../../src/domain/paging/cursor.ts'
import { forest, insertForest } from '../support/forest.ts'
import { counter } from '../support/rollups.ts'
import { addInvocation, addJob } from '../support/rows.ts'
import { service, type Service } from '../support/service.ts'
import { sumAll } from '../support/summaries.ts'

const HOUR = 3_600_000
/** Roots reach over five hours that have ended. */
const begin = Math.floor(Date.now() / HOUR) * HOUR - 6 * HOUR
const iso = (ms: number): string => new Date(ms).toISOString()
const rules = { staleAfter: 900_000, linkWay: 'overlay' } as const
const summed = { ...rules, summaries: true }

interface Tree {
  root: { id: string; createdAt: string; sourceFunction: string; correlationId: string | null }
  status: string
  invocations: number
  failedInvocations: number
  failedJobs: number
  durationMs: number | null
}

interface List {
  data: Tree[]
  page: {
    nextCursor: string | null
    summaries: { checkedAt: string; examinedFrom: string | null } | null
    examined: number
  }
}

async function allPages({ get }: Service, query: string, limit: number): Promise<Tree[]> {
  const trees: Tree[] = []
  let cursor: string | null = null
  do {
    const path: string = `/trees?${query}&limit=${limit}${cursor === null ? '' : `&cursor=${cursor}`}`
    const { status, json, text } = await get<List>(path)
    assert.equal(status, 200, `${path}: ${text}`)
    trees.push(...json.data)
    cursor = json.page.nextCursor
  } while (cursor !== null)
  return trees
}

/** Spreads rows that begin within a minute over five hours, cuts a quarter of the links, so that there are more trees, and keeps half of the others beside the rows. */
async function spread(pool: pg.Pool): Promise<void> {
  for (const table of ['invocations', 'event_executions', 'job_executions'])
    await pool.query(`update ${table} set created_at = $1::timestamptz + (created_at - $1::timestamptz) * 300`, [
      iso(begin),
    ])
  await pool.query('update invocations set source_job_id = null where abs(hashtext(id::text)) % 4 = 0')
  await pool.query(`
    insert into observability_links (invocation_id, created_at, job_id, state, rule_version, rule_settings)
    select id, created_at, source_job_id, 'recovered', 1, 'test' from invocations where source_job_id is not null and abs(hashtext(id::text)) % 2 = 0`)
  await pool.query(
    'update invocations set source_job_id = null where id in (select invocation_id from observability_links)',
  )
}

/** What writers and people do to rows, a little of each. */
const edits = [
  `update job_executions set status = 'failed', error_message = 'refused', duration_ms = 7777 where abs(hashtext(id::text)) % 17 = 0`,
  `update invocations set source_job_id = null where abs(hashtext(id::text)) % 13 = 0`,
  `update observability_links set state = 'undone' where abs(hashtext(invocation_id::text)) % 7 = 0`,
  `delete from invocations where abs(hashtext(id::text)) % 11 = 0`,
  `update event_executions set status = 'handler_failed', detected = true, handler_error = 'boom' where abs(hashtext(id::text)) % 23 = 0`,
  `update invocations set created_at = created_at - interval '1 hour' where abs(hashtext(id::text)) % 19 = 0`,
  `insert into invocations (id, created_at, source_function, source_event_payload, source_job_id, status, total_duration_ms)
   select gen_random_uuid(), created_at + interval '2 minutes', 'came-late', '{}', id, 'completed', 5 from job_executions where abs(hashtext(id::text)) % 29 = 0`,
]

const failuresOf = ({ failedInvocations, failedJobs }: Tree): number => failedInvocations + failedJobs
const figures: Record<string, (tree: Tree) => number | null> = {
  duration: ({ durationMs }) => durationMs,
  invocations: ({ invocations }) => invocations,
  failed: failuresOf,
}

/** Each filter, and which trees it keeps. `functions`: by root. */
const filters: Array<[query: string, keeps: (tree: Tree, functions: Map<string, Set<string>>) => boolean]> = [
  ['status=failed', ({ status }) => status === 'failed'],
  ['status=stale&status=running', ({ status }) => status === 'stale' || status === 'running'],
  ['contains=came-late', ({ root }, functions) => functions.get(root.id)?.has('came-late') === true],
  [
    'contains=o%27brien%3B%20drop&contains=On-Order-Created',
    ({ root }, functions) =>
      ["o'brien; drop", 'On-Order-Created'].some((name) => functions.get(root.id)?.has(name) === true),
  ],
  ['minDuration=1s', ({ durationMs }) => durationMs !== null && durationMs >= 1000],
  [
    'minInvocations=3&rootFunction=a%20b%2Bc%26d%3De%25',
    ({ invocations, root }) => invocations >= 3 && root.sourceFunction === 'a b+c&d=e%',
  ],
  ['minFailures=2', (tree) => failuresOf(tree) >= 2],
  [
    'correlationId=order-1041&minInvocations=2',
    ({ root, invocations }) => root.correlationId === 'order-1041' && invocations >= 2,
  ],
]

test('summaries list the trees that a walk of each finds, in every order, also after edits, late rows, other links and deletions', async (t) => {
  const plain = await service(t, { rules })
  const kept = await service(t, { rules: summed }, plain)
  await insertForest(plain.pool, forest(5, 200, begin))
  await spread(plain.pool)
  const writer = await counter(t, plain.url)
  const window = `from=${iso(begin - 3 * HOUR)}&to=${iso(begin + 4.3 * HOUR)}`
  const compare = async (when: string): Promise<void> => {
    const trees = await allPages(plain, window, 1000)
    assert.ok(trees.length > 30, String(trees.length))
    const functions = new Map<string, Set<string>>()
    for (const { root } of trees) {
      const { json } = await plain.get<{ nodes: Array<{ sourceFunction: string }> }>(
        `/trees/${root.id}?shape=flat&fields=sourceFunction`,
      )
      functions.set(root.id, new Set(json.nodes.map(({ sourceFunction }) => sourceFunction)))
    }
    for (const [nth, [query, keeps]] of filters.entries()) {
      const wanted = trees.filter((tree) => keeps(tree, functions))
      assert.deepEqual(await allPages(kept, `${query}&${window}`, 7), wanted, `${when} ${query}`)
      const sort = Object.keys(figures)[nth % 3] ?? ''
      const sign = nth % 2 === 0 ? -1 : 1
      const value = (tree: Tree): number => figures[sort]?.(tree) ?? NaN
      const sorted = wanted
        .filter((tree) => !Number.isNaN(value(tree)))
        .toSorted((a, b) => sign * (value(a) - value(b) || (a.root.id < b.root.id ? -1 : 1)))
      const order = sign < 0 ? 'desc' : 'asc'
      assert.deepEqual(
        await allPages(kept, `${query}&sort=${sort}&order=${order}&${window}`, 5),
        sorted,
        `${when} ${query} by ${sort}`,
      )
    }
    await compareFindings(plain, when)
    await compareFigures(plain, kept, window, when)
  }
  await sumAll(writer, rules)
  await compare('at first')
  for (const edit of edits) await plain.pool.query(edit)
  await sumAll(writer, rules)
  await compare('after edits')
})

/** Shapes, crashes and critical paths are those of the trees one by one. */
async function compareFindings({ pool, get }: Service, when: string): Promise<void> {
  const { rows } = await pool.query<{
    root_id: string
    crashes: number
    shape: string
    path: { durationMs: number; parts: Array<[kind: string, of: string, name: string, ms: number]> } | null
  }>(`select root_id, crashes, shape, path from observability_trees order by root_id limit 12`)
  for (const { root_id: id, crashes, shape, path } of rows) {
    const { nodes } = (await get<{ nodes: Array<{ crashed: boolean }> }>(`/trees/${id}?shape=flat`)).json
    assert.equal(crashes, nodes.filter(({ crashed }) => crashed).length, `${when} ${id}`)
    assert.match(shape, /^[0-9a-f]{16}$/)
    const { json } = await get<{ open: boolean; durationMs: number; segments: Array<{ durationMs: number }> }>(
      `/trees/${id}/critical-path`,
    )
    const sum = (all: number[]): number => Math.round(all.reduce((a, b) => a + b, 0) * 1000)
    if (path !== null)
      assert.deepEqual(
        [path.durationMs, sum(path.parts.map(([, , , ms]) => ms))],
        [json.durationMs, sum(json.segments.map(({ durationMs }) => durationMs))],
        `${when} ${id}`,
      )
  }
}

/** What is made of many trees. */
const ofManyTrees = [
  '/shapes?sort=-p95',
  '/shapes?rootFunction=on-order-created&rootFunction=a%20b%2Bc%26d%3De%25&sort=name',
  '/critical-paths?compareTo=previous',
  '/critical-paths?rootFunction=on-order-created&sort=name',
]

interface Figures {
  asOf?: string
  links?: object
  data: Array<{ hash: string }>
  page: { rollups: { countedAt: string } | null; limit?: number; groups: number }
}

/** Figures of summaries are those of the trees that are read for them. */
async function compareFigures(plain: Service, kept: Service, window: string, when: string): Promise<void> {
  const told = async ({ get }: Service, path: string): Promise<Figures> => {
    const { json } = await get<Figures>(`${path}&limit=200&${window}`)
    delete json.asOf
    delete json.links
    return json
  }
  const [hash] = (await told(plain, '/shapes?sort=-trees')).data.map((shape) => shape.hash)
  for (const path of [...ofManyTrees, `/critical-paths?shape=${hash}`]) {
    const [ours, theirs] = [await told(kept, path), await told(plain, path)]
    assert.ok(ours.page.rollups && theirs.page.groups > 0, path)
    assert.deepEqual({ ...ours, page: { ...ours.page, rollups: null } }, theirs, `${when} ${path}`)
  }
}

const refused = async ({ get }: Service, query: string): Promise<string> => {
  const { status, json } = await get<{ errors: Array<{ parameter: string; allowed: string }> }>(`/trees?${query}`)
  assert.equal(status, 400, query)
  return json.errors.map(({ parameter, allowed }) => `${parameter}: ${allowed}`).join('\n')
}

test('what only summaries can answer is refused without them, and the answer says how to get them; a status is not', async (t) => {
  const plain = await service(t, { rules })
  const kept = await service(t, { rules: summed }, plain)
  const root = await addInvocation(plain.pool, { created_at: iso(begin), status: 'failed' })
  const window = `from=${iso(begin)}&to=${iso(begin + HOUR)}`
  for (const query of ['sort=duration', 'contains=f', 'minDuration=1s', 'minInvocations=2', 'minFailures=1']) {
    const parameter = query.replace(/=.*/, '')
    assert.match(
      await refused(plain, query),
      new RegExp(`^${parameter}: left out: .*ROLLUPS=off, migration 011.*docs/rollups\\.md`),
    )
    assert.match(
      await refused(kept, `${query}&${window}`),
      new RegExp(`^${parameter}: left out, or asked for again .*npm run rollups -- rebuild`),
    )
  }
  for (const { get } of [plain, kept]) {
    const { data, page } = (await get<List>(`/trees?status=failed&${window}`)).json
    assert.deepEqual([data.map((tree) => tree.root.id), page.summaries], [[root], null])
  }
  const { json } = await kept.get<List>(`/trees?sort=duration&to=${iso(begin - HOUR)}`)
  assert.deepEqual([json.data, json.page.summaries?.examinedFrom], [[], null], 'nothing began before the first row')
})

test('a window that is summed up in part says from when on, and a root that is gone or is none any more is not shown', async (t) => {
  const { pool, url, get } = await service(t, { rules: summed })
  const roots: string[] = []
  for (const hours of [0.5, 2.5, 3.5, 4.5])
    roots.push(await addInvocation(pool, { created_at: iso(begin + hours * HOUR) }))
  const [first = '', , third = '', fourth = ''] = roots
  const job = await addJob(pool, first, { created_at: iso(begin + 0.5 * HOUR) })
  const writer = await counter(t, url)
  await sumAll(writer, rules)
  const window = `from=${iso(begin)}&to=${iso(begin + 6 * HOUR)}`
  const whole = (await get<List>(`/trees?minInvocations=1&${window}`)).json
  assert.deepEqual(
    whole.data.map(({ root }) => root.id),
    roots.toReversed(),
  )
  assert.equal(whole.page.summaries?.examinedFrom, null)
  assert.equal(whole.page.examined, 4)
  const { nextCursor } = (await get<List>(`/trees?sort=invocations&limit=1&${window}`)).json.page
  for (const figure of [1.5, 3e9, -3e9]) {
    const [version, print, from, to, , id] = cursorParts(nextCursor ?? '')
    const cursor = encodedParts([version, print, from, to, figure, id])
    assert.match(await refused({ get } as Service, `sort=invocations&limit=1&cursor=${cursor}`), /cursor/)
  }
  await pool.query(`delete from observability_tree_hours where hour = $1`, [iso(begin + 2 * HOUR)])
  const part = (await get<List>(`/trees?sort=invocations&${window}`)).json
  assert.deepEqual(
    [part.data.length, part.page.summaries?.examinedFrom],
    [2, iso(begin + 3 * HOUR).replace('.000Z', '.000000Z')],
  )
  await pool.query('update invocations set source_job_id = $1 where id = $2', [job, third])
  await pool.query('delete from invocations where id = $1', [fourth])
  assert.deepEqual((await get<List>(`/trees?sort=invocations&${window}`)).json.data, [])
  await pool.query(`update observability_tree_hours set version = 0`)
  assert.match(
    await refused({ get } as Service, `sort=duration&${window}`),
    /npm run rollups/,
    'another version counts differently',
  )
})
