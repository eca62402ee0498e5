import assert from 'node:assert/strict'
import test from 'node:test'
import type pg from 'pg'
import { service } from '../support/service.ts'
import { flat, type NestedTree, type TreeNode } from '../support/trees.ts'

const idOf = (level: number) => `00000000-0000-4000-8000-${String(level).padStart(12, '0')}`

/** A chain: each invocation has one job, which triggers the next. Their ids end in their depth. */
async function chain(pool: pg.Pool, length: number): Promise<string> {
  await pool.query(`
    insert into invocations (id, created_at, source_function, source_event_payload, status, total_duration_ms)
    select ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, '2026-11-22T09:00:00Z'::timestamptz + n * interval '1 ms', 'step', '{}', 'completed', 5
      from generate_series(0, ${length - 1}) n`)
  await pool.query(
    'insert into event_executions (id, invocation_id, event_name, detected, status) select i.id, i.id, $1, true, $2 from invocations i',
    ['next', 'completed'],
  )
  await pool.query(`
    insert into job_executions (id, invocation_id, event_execution_id, job_name, status, duration_ms, created_at)
    select i.id, i.id, i.id, 'step', 'completed', 2, i.created_at from invocations i`)
  await pool.query(`
    update invocations i set source_job_id = p.id
      from job_executions p join invocations b on b.id = p.id where i.created_at = b.created_at + interval '1 ms'`)
  await pool.query('analyze')
  return idOf(0)
}

test('a chain of 1,200 is nested down to depth 1,000, and says what is below', async (t) => {
  const { app, pool } = await service(t)
  const root = await chain(pool, 1200)
  // Not checked against its schema: the checker, unlike the service, recurses.
  const { tree, summary, truncated } = (await app.inject(`/trees/${root}?maxDepth=1000`)).json<NestedTree>()
  const nodes = flat(tree)
  assert.deepEqual(
    nodes.map(({ id, depth }) => [id, depth]),
    Array.from({ length: 1001 }, (_, depth) => [idOf(depth), depth]),
  )
  assert.deepEqual(nodes.at(-1)?.more, { invocations: 1, href: `/trees/${idOf(1000)}` })
  assert.deepEqual([truncated, summary['maxDepth']], [{ reason: 'max-depth', limit: 1000 }, 1000])
})

test('by default a nested tree is one that small parsers read: 60 levels, 245 of JSON; the other layouts go to 100', async (t) => {
  const { app, pool } = await service(t)
  const root = await chain(pool, 102)
  const { body } = await app.inject(`/trees/${root}`)
  let depth = 0
  let deepest = 0
  for (const [mark] of body.matchAll(/[[{}\]]/g)) {
    depth += /[[{]/.test(mark) ? 1 : -1
    deepest = Math.max(deepest, depth)
  }
  assert.equal(deepest, 245)
  const { tree, truncated } = JSON.parse(body) as NestedTree
  assert.deepEqual([flat(tree).at(-1)?.depth, truncated], [60, { reason: 'max-depth', limit: 60 }])
  const { json } = await app.inject(`/trees/${root}?shape=flat`)
  assert.deepEqual(json<NestedTree>().truncated, { reason: 'max-depth', limit: 100 })
})

test('a chain of 5,000 comes whole as one flat document, as lines of JSON and as text', async (t) => {
  const { get, pool } = await service(t)
  const root = await chain(pool, 5000)
  const lines = (await get(`/trees/${root}?format=ndjson&maxDepth=100000`)).text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
  assert.deepEqual(
    lines.slice(1, -1).map(({ id, parentId, depth }) => [id, parentId, depth]),
    Array.from({ length: 5000 }, (_, depth) => [idOf(depth), depth === 0 ? null : idOf(depth - 1), depth]),
  )
  assert.deepEqual(lines.at(-1)?.['truncated'], null)
  const { json } = await get<{ nodes: TreeNode[]; truncated: unknown }>(`/trees/${root}?shape=flat&maxDepth=100000`)
  assert.deepEqual([json.nodes.map((node) => ({ type: 'node', ...node })), json.truncated], [lines.slice(1, -1), null])
  const drawn = (await get(`/trees/${root}?format=text&maxDepth=100000`)).text.split('\n')
  assert.equal(drawn.length, 5003)
  assert.match(drawn[4999] ?? '', new RegExp(`^ {9998}step → step  .*${idOf(4999)}$`))
})

test('of 5,000 ancestors the root and the nearest 999 are named', async (t) => {
  const { get, pool } = await service(t)
  const root = await chain(pool, 5001)
  const { json } = await get<NestedTree & { ancestors: Array<{ invocationId: string }> }>(`/trees/${idOf(5000)}`)
  assert.deepEqual([json.rootId, json.omittedAncestors], [root, 4000])
  assert.deepEqual(
    json.ancestors.map(({ invocationId }) => invocationId),
    [root, ...Array.from({ length: 999 }, (_, nth) => idOf(4001 + nth))],
  )
  const { json: whole } = await get<NestedTree>(`/trees/${idOf(5000)}?from=root&maxNodes=1`)
  assert.equal(whole.id, root)
})
