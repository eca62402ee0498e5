import assert from 'node:assert/strict'
import test from 'node:test'
import { grouped, percentile, share } from '../support/analysis.ts'
import { forest, insertForest } from '../support/forest.ts'
import { seedsAndModes, serviceInMode } from '../support/link-modes.ts'
import { pages, rowsOf } from '../support/pages.ts'
import * as reference from '../support/reference.ts'
import { addInvocation, addJob } from '../support/rows.ts'
import { service } from '../support/service.ts'
import { isFailed, isOver, lasted, spelled } from '../support/shapes.ts'

const at = Date.parse('2026-11-22T09:00:00Z')

interface Shape {
  hash: string
  line: string
  rootFunction: string
  invocations: number
  jobs: number
  trees: number
  failed: number
  failureRate: number | null
  durationMs: { p50: number; p95: number; p99: number } | null
  firstSeen: string
  lastSeen: string
  sampleId: string
  sampleTree: string
}

interface Shapes {
  data: Shape[]
  leftOut: { open: number; tooLarge: number }
  page: { examined: number; sampled: boolean; examinedFrom: string | null }
}

/** 12 roots of two functions with 5 jobs of two names: trees that are alike, which those of a random forest hardly ever are. The ids are the same in each database. */
const alike = `
  with root as (
    insert into invocations (id, source_function, source_event_payload, status, total_duration_ms, created_at)
    select md5('root' || n)::uuid, 'f' || n % 2, '{}', case n when 3 then 'failed' else 'completed' end, n * 10, timestamptz '2026-11-22T09:00:40Z' + n * interval '1 s'
      from generate_series(1, 12) n
  ), event as (
    insert into event_executions (id, invocation_id, event_name)
    select md5('event' || n)::uuid, md5('root' || n)::uuid, 'e' from generate_series(1, 5) n
  )
  insert into job_executions (id, invocation_id, event_execution_id, job_name, status, duration_ms, created_at)
  select md5('job' || n)::uuid, md5('root' || n)::uuid, md5('event' || n)::uuid, 'j' || n / 3, 'completed', 1000, timestamptz '2026-11-22T09:00:41Z'
    from generate_series(1, 5) n`

const asked = `/shapes?from=2026-11-22T09:00:00Z&to=2026-11-22T09:02:00Z`

for (const { seed, mode } of seedsAndModes) {
  test(`shapes are those that a person finds who spells each tree out (forest of seed ${seed}, links ${mode})`, async (t) => {
    const shown = await serviceInMode(t, mode, async (pool) => {
      await insertForest(pool, forest(seed, 120, at))
      await pool.query(alike)
    })
    const roots = await reference.invocations(shown.pool, 'i.source_job_id is null')
    const trees = await Promise.all(
      roots.map(async (root) => ({ root, members: await reference.tree(shown.pool, root.id) })),
    )
    const over = trees.filter(({ members }) => isOver(members))
    const { json } = await shown.get<Shapes>(`${asked}&limit=1000`)
    assert.deepEqual(json.leftOut, { open: trees.length - over.length, tooLarge: 0 })
    assert.deepEqual([json.page.examined, json.page.sampled], [over.length, false])
    const expected = [...grouped(over, ({ members }) => spelled(members)).values()].map((own) => {
      const starts = own.map(({ root }) => root).toSorted((a, b) => (key(a) < key(b) ? -1 : 1))
      const [first, last] = [starts[0], starts.at(-1)]
      const durations = own.map(({ members }) => lasted(members))
      const failed = own.filter(({ members }) => isFailed(members)).length
      const members = own[0]?.members ?? []
      return {
        rootFunction: first?.['sourceFunction'],
        invocations: members.length,
        jobs: members.reduce((sum, { node }) => sum + (node.jobs as unknown as unknown[]).length, 0),
        trees: own.length,
        failed,
        failureRate: share(failed, own.length),
        durationMs: {
          p50: percentile(durations, 0.5),
          p95: percentile(durations, 0.95),
          p99: percentile(durations, 0.99),
        },
        firstSeen: first?.['createdAt'],
        lastSeen: last?.['createdAt'],
        sampleId: last?.id,
        sampleTree: `/trees/${last?.id}`,
      }
    })
    assert.ok(expected.length > 5 && expected.some(({ trees: n }) => n > 1))
    const bySample = (a: { sampleId?: unknown }, b: { sampleId?: unknown }) =>
      String(a.sampleId) < String(b.sampleId) ? -1 : 1
    assert.deepEqual(
      json.data.map(({ hash: _hash, line: _line, ...figures }) => figures).toSorted(bySample),
      expected.toSorted(bySample),
    )
    assert.equal(new Set(json.data.map(({ hash }) => hash)).size, expected.length)
    const paged: string[] = []
    for await (const page of pages<Shape>(shown, `${asked}&limit=4&sort=p95`))
      paged.push(...page.map(({ hash }) => hash))
    assert.deepEqual(new Set(paged), new Set(json.data.map(({ hash }) => hash)))
    assert.equal(paged.length, expected.length)
    const [any] = json.data
    const own = await rowsOf<Shape>(shown, `${asked}&rootFunction=${encodeURIComponent(any?.rootFunction ?? '')}`)
    assert.deepEqual(
      own.map(({ hash }) => hash).toSorted(),
      json.data
        .filter(({ rootFunction }) => rootFunction === any?.rootFunction)
        .map(({ hash }) => hash)
        .toSorted(),
    )
  })
}

function key({ id, createdAt }: { id: string; createdAt?: unknown }): string {
  return `${String(createdAt)} ${id}`
}

test('a shape has a line and a hash that never change, whatever the order of its rows', async (t) => {
  const { get, pool } = await service(t)
  const created_at = '2026-11-22T09:00:30Z'
  for (const order of [1, -1]) {
    const root = await addInvocation(pool, { created_at })
    for (const name of ['write-audit-entry', 'capture-payment', 'write-audit-entry'].toSorted(() => order)) {
      const job = await addJob(pool, root, { created_at, job_name: name })
      if (name === 'capture-payment')
        await addInvocation(pool, { created_at, source_function: 'on-payment-captured', source_job_id: job })
    }
  }
  const { json } = await get<Shapes>(asked)
  assert.deepEqual(
    json.data.map(({ hash, line, trees }) => [hash, line, trees]),
    [['9170c14bfb2e9c73', 'on-order-created (capture-payment → on-payment-captured, write-audit-entry ×2)', 2]],
  )
})

test('a tree that is not over is left out, and so is one that is too large', async (t) => {
  const { get, pool } = await service(t)
  const created_at = '2026-11-22T09:00:30Z'
  await addInvocation(pool, { created_at, status: 'running', total_duration_ms: null })
  const large = await addInvocation(pool, { created_at, source_function: 'large' })
  const job = await addJob(pool, large, { created_at })
  await pool.query(
    "insert into job_executions (invocation_id, event_execution_id, job_name, created_at) select invocation_id, event_execution_id, 'n', created_at from job_executions, generate_series(1, 999) where id = $1",
    [job],
  )
  await addInvocation(pool, { created_at, source_function: 'wide', id: '018f3c5e-0000-7000-8000-000000000001' })
  const wide = await addJob(pool, '018f3c5e-0000-7000-8000-000000000001', { created_at })
  await pool.query(
    "insert into invocations (source_function, source_event_payload, status, created_at, source_job_id) select 'n', '{}', 'completed', $1, $2 from generate_series(1, 20100)",
    [created_at, wide],
  )
  await addInvocation(pool, { created_at, source_function: 'small' })
  const { json } = await get<Shapes>(asked)
  assert.deepEqual([json.leftOut, json.data.map(({ line }) => line)], [{ open: 1, tooLarge: 2 }, ['small']])
})
