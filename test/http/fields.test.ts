import assert from 'node:assert/strict'
import test from 'node:test'
import type { Queryable } from '../../src/db/db.ts'
import type { Sql } from '../../src/db/sql.ts'
import { fieldsOf } from '../../src/domain/fields.ts'
import { columnsOfChain } from '../../src/domain/model/link.ts'
import { columnsOfInvocation } from '../../src/domain/model/invocation.ts'
import { columnsOfNode } from '../../src/domain/tree/node-fields.ts'
import { chainRows } from '../../src/queries/links.ts'
import { invocationRows } from '../../src/queries/invocations.ts'
import { smallTree } from '../../src/queries/tree/small-tree.ts'
import { operations, queryOf } from '../fuzz/document.ts'
import { lists } from '../support/endpoints.ts'
import { forest, insertForest } from '../support/forest.ts'
import { assertProblem } from '../support/problem.ts'
import { addEvent, addInvocation, addJob, addKeptLink } from '../support/rows.ts'
import { service, type Service } from '../support/service.ts'

type Json = Record<string, unknown>

/** The names that the document allows at a path. */
function namesOf(path: string): string[] {
  const operation = operations().find((each) => each.path === path)
  const schema = operation && queryOf(operation).find(({ name }) => name === 'fields')?.schema
  return schema?.['x-allowed']?.replace('names with commas between, of ', '').split(', ') ?? []
}

/** A row with one field, read by its dotted name. */
function only(row: unknown, name: string): unknown {
  if (Array.isArray(row)) return row.map((each) => only(each, name))
  if (row === null || typeof row !== 'object') return row
  const [first = '', ...rest] = name.split('.')
  const value = (row as Json)[first]
  if (value === undefined) return {}
  return { [first]: rest.length === 0 ? value : only(value, rest.join('.')) }
}

async function filled(t: Parameters<typeof service>[0]): Promise<Service & { root: string }> {
  const it = await service(t)
  const now = Date.now() - 3_600_000
  await insertForest(it.pool, forest(7, 60, now))
  const root = await addInvocation(it.pool, { error_message: 'broken', correlation_id: 'own' })
  const job = await addJob(it.pool, root, { status: 'failed', error_message: 'worse' })
  const child = await addInvocation(it.pool, { source_job_id: job, status: 'running', total_duration_ms: null })
  await addKeptLink(it.pool, child, { job_id: job, state: 'mended' })
  await addEvent(it.pool, child, { status: 'handler_failed', handler_error: 'thrown' })
  await addJob(it.pool, child, { status: 'running', duration_ms: null })
  return { ...it, root }
}

const query = 'from=2026-01-01T00:00:00Z&limit=40'

test('every field of every list can be asked for by itself, and all of them make the whole row', async (t) => {
  const { get } = await filled(t)
  for (const path of lists) {
    const names = namesOf(path)
    const whole = await get<{ data: Json[]; page: Json }>(`${path}?${query}`)
    assert.ok(whole.json.data.length > 0, path)
    const top = names.filter((name) => !name.includes('.'))
    assert.deepEqual(top.toSorted(), Object.keys(whole.json.data[0] ?? {}).toSorted(), path)
    for (const name of names) {
      const { json, status } = await get<{ data: Json[]; page: Json }>(`${path}?${query}&fields=${name}`)
      assert.equal(status, 200)
      assert.deepEqual(json.data, only(whole.json.data, name), `${path}?fields=${name}`)
    }
    const all = await get<{ data: Json[] }>(`${path}?${query}&fields=${top.join(',')}`)
    assert.deepEqual(all.json.data, whole.json.data, path)
  }
})

test('pages of some fields lead on, also where a filter looks at another one', async (t) => {
  const { get } = await filled(t)
  for (const path of ['/invocations', '/jobs']) {
    const { json: whole } = await get<{ data: Json[] }>(`${path}?stale=false&${query}`)
    const first = await get<{ data: Json[]; page: { nextCursor: string } }>(
      `${path}?stale=false&from=2026-01-01T00:00:00Z&limit=3&fields=id`,
    )
    const next = String(first.headers['link']).match(/<(.*)>/)?.[1] ?? ''
    assert.match(next, /fields=id/)
    const second = await get<{ data: Json[] }>(next)
    assert.deepEqual([...first.json.data, ...second.json.data], only(whole.data.slice(0, 6), 'id'))
    // A cursor belongs to the rows, and not to what is shown of them.
    const others = await get<{ data: Json[] }>(
      `${path}?stale=false&from=2026-01-01T00:00:00Z&limit=3&cursor=${first.json.page.nextCursor}`,
    )
    assert.deepEqual(others.json.data, whole.data.slice(3, 6))
  }
})

/** Nodes without what is told whatever was asked for. */
const shown = (nodes: Json[]): Json[] =>
  JSON.parse(
    JSON.stringify(nodes.map(({ type: _type, events: _events, cycle: _cycle, ...node }) => node)),
    (key, value: unknown) => (key === 'more' ? undefined : value),
  ) as Json[]

const shapeOf = (node: Json): unknown => ({
  id: node['id'],
  jobs: (node['jobs'] as Json[])
    .map((job) => (job['triggered'] as Json[]).map(shapeOf))
    .filter((each) => each.length > 0),
})

test('each field of an invocation of a tree can be asked for: in a list, in lines, and nested without losing a branch', async (t) => {
  const { get, pool, root } = await filled(t)
  const wide = await addInvocation(pool)
  const job = await addJob(pool, wide)
  await pool.query(
    "insert into invocations (source_job_id, source_function, status, source_event_payload) select $1, 'f' || n, 'completed', '{}' from generate_series(1, 205) n",
    [job],
  )
  // A small tree in one statement, with events, and cut; a wide one in a snapshot.
  const trees = [`/trees/${root}?include=events`, `/trees/${root}?maxNodes=2`, `/trees/${wide}?maxNodes=10000`]
  for (const [nth, path] of trees.entries()) {
    const { json: flat } = await get<{ nodes: Json[] }>(`${path}&shape=flat`)
    const { json: whole } = await get<{ tree: Json; summary: Json }>(path)
    for (const name of namesOf('/trees/{id}').filter((_, at) => nth === 0 || at % 2 === nth - 1)) {
      const part = await get<{ nodes: Json[] }>(`${path}&shape=flat&fields=${name}`)
      assert.deepEqual(shown(part.json.nodes), only(shown(flat.nodes), name), name)
      const { text } = await get(`${path.replace('?', '/nodes?')}&fields=${name}`)
      const lines = text.split('\n').filter((line) => line.startsWith('{"type":"node"'))
      const nodes = lines.map((line) => JSON.parse(line) as Json)
      assert.deepEqual(shown(nodes), shown(part.json.nodes), name)
    }
    const nested = await get<{ tree: Json; summary: Json }>(`${path}&fields=id`)
    assert.deepEqual(shapeOf(nested.json.tree), shapeOf(whole.tree))
    assert.deepEqual(nested.json.summary, whole.summary)
  }
})

test('cuts are told whatever is asked for, other fields have another ETag, and unknown ones are refused', async (t) => {
  const { get, root } = await filled(t)
  const told = async (query: string) =>
    (await get<{ truncated: unknown; tree: { more?: unknown } }>(`/trees/${root}?maxDepth=0${query}`)).json
  const [part, whole] = [await told('&fields=status'), await told('')]
  assert.ok(whole.tree.more)
  assert.deepEqual([part.truncated, part.tree.more], [whole.truncated, whole.tree.more])

  for (const path of ['/invocations', '/trees', '/jobs', `/trees/${root}`]) {
    const tag = async (fields: string) => (await get(`${path}?${fields}`)).headers['etag']
    const first = path === '/trees' ? 'root.id' : 'id'
    const tags = await Promise.all(['', `fields=${first}`, 'fields=status', `fields=${first},status`].map(tag))
    assert.equal(new Set(tags).size, 4, path)
    assert.equal(await tag(`fields=status,${first},status`), tags[3], path)
  }

  for (const path of [...lists, `/trees/${root}`, `/trees/${root}/nodes`]) {
    for (const given of ['', 'nothing', 'id,', 'ID', 'id ,status', '__proto__', 'errorStack', 'status.x']) {
      const problem = assertProblem('invalid-request', await get(`${path}?fields=${encodeURIComponent(given)}`))
      const [mistake] = problem.errors ?? []
      assert.deepEqual([mistake?.parameter, mistake?.given], ['fields', given])
      assert.match(mistake?.allowed ?? '', /^names with commas between, of .*stat/)
    }
  }
})

test('columns of fields that were not asked for are not read', async () => {
  const asked: string[] = []
  const db: Queryable = {
    query: async (statement: Sql) => {
      asked.push(statement.text)
      return [{ asOf: '2026-11-22 09:00:00+00' }] as never
    },
  }
  const page = { route: '', filters: {}, from: null, to: null, order: 'desc' as const, limit: 50, after: null }
  const rules = { staleAfter: 1, linkWay: 'overlay' as const }
  const given = { id: 'x', fromRoot: false, paths: null, linkWay: 'overlay' as const }
  const reach = { maxDepth: 1, maxNodes: 1, maxJobs: 1, events: false }
  await invocationRows(db, {}, { ...page, fields: fieldsOf('id,jobs.run', columnsOfInvocation) }, rules)
  await chainRows(db, {}, { ...page, fields: fieldsOf('lagMs', columnsOfChain) }, 'overlay')
  await smallTree(db, { ...given, reach: { ...reach, fields: fieldsOf('id,jobs.id', columnsOfNode) } })
  const [list = '', chains = '', tree = ''] = asked
  assert.match(list, /total_jobs_run/)
  for (const text of [list, chains, tree]) {
    for (const column of ['error_message', 'correlation_id', 'source_table', 'source_system', 'job_function_name'])
      assert.ok(!text.includes(column), column)
  }
  assert.ok(!list.includes('event_executions') && !list.includes('total_jobs_failed'), list)
  assert.ok(!chains.includes('row_number'), chains)
  await smallTree(db, { ...given, reach })
  assert.match(asked[3] ?? '', /error_message/)
})
