import assert from 'node:assert/strict'
import test from 'node:test'
import type pg from 'pg'
import { rowsOf } from '../support/pages.ts'
import { addInvocation, addJob } from '../support/rows.ts'
import { service } from '../support/service.ts'
import { flat, type NestedTree } from '../support/trees.ts'

/** As Postgres has them → as an answer has them. In order. */
const edges: Array<[postgres: string, iso: string]> = [
  ['-infinity', '-infinity'],
  ['4714-11-24 00:00:00+00 BC', '-004713-11-24T00:00:00.000000Z'],
  ['0044-03-15 12:00:00.5+00 BC', '-000043-03-15T12:00:00.500000Z'],
  ['0001-12-31 23:59:59.999999+00 BC', '0000-12-31T23:59:59.999999Z'],
  ['0001-01-01 00:00:00+00', '0001-01-01T00:00:00.000000Z'],
  ['2026-11-22 09:48:02.12+00', '2026-11-22T09:48:02.120000Z'],
  ['9999-12-31 23:59:59.999999+00', '9999-12-31T23:59:59.999999Z'],
  ['10000-01-01 00:00:00+00', '+010000-01-01T00:00:00.000000Z'],
  ['58875-01-05 12:34:56.789012+00', '+058875-01-05T12:34:56.789012Z'],
  ['294276-12-31 23:59:59.999999+00', '+294276-12-31T23:59:59.999999Z'],
  ['infinity', 'infinity'],
]
const isos = edges.map(([, iso]) => iso)

interface Rooted {
  root: string
  job: string
  child: string
}

/** At each edge a root, a job of it, and what that triggered; all of one correlation id. */
async function everywhere(
  pool: pg.Pool,
  more: { total_duration_ms?: number | null; duration_ms?: number | null } = {},
): Promise<Rooted[]> {
  const rooted: Rooted[] = []
  for (const [created_at] of edges) {
    const { total_duration_ms = 5, duration_ms = 5 } = more
    const root = await addInvocation(pool, {
      created_at,
      total_duration_ms,
      correlation_id: 'edges',
      source_event_time: created_at,
    })
    const job = await addJob(pool, root, { created_at, duration_ms })
    rooted.push({ root, job, child: await addInvocation(pool, { created_at, total_duration_ms, source_job_id: job }) })
  }
  return rooted
}

type Timed = { createdAt: string; endedAt: string | null; durationMs: number | null }
const withEverything = 'from=-infinity&to=infinity'

test('each list goes through all of time in order, a row at a time, and both ways', async (t) => {
  const shown = await service(t)
  await everywhere(shown.pool)
  const times: Record<string, (row: Record<string, unknown>) => unknown> = {
    [`/invocations?${withEverything}&root=true`]: ({ createdAt }) => createdAt,
    '/invocations?correlationId=edges': ({ createdAt }) => createdAt,
    [`/jobs?${withEverything}`]: ({ startedAt }) => startedAt,
    [`/chains?${withEverything}`]: ({ triggered }) => (triggered as Timed).createdAt,
    [`/trees?${withEverything}`]: ({ root }) => (root as Timed).createdAt,
    [`/trees?${withEverything}&status=completed`]: ({ root }) => (root as Timed).createdAt,
  }
  for (const [path, at] of Object.entries(times)) {
    for (const limit of [1, 4, 100]) {
      assert.deepEqual((await rowsOf(shown, `${path}&order=asc&limit=${limit}`)).map(at), isos, path)
      assert.deepEqual((await rowsOf(shown, `${path}&limit=${limit}`)).map(at), isos.toReversed(), path)
    }
  }
})

test('an instant is taken as it was written in an answer', async (t) => {
  const shown = await service(t)
  await everywhere(shown.pool)
  const at = async (query: string): Promise<unknown[]> =>
    (await rowsOf(shown, `/invocations?root=true&order=asc&${query}`)).map(({ createdAt }) => createdAt)
  for (const [nth, iso] of isos.entries()) {
    for (const given of [iso, encodeURIComponent(iso)]) {
      assert.deepEqual(await at(`from=${given}&to=infinity`), isos.slice(nth))
      if (nth > 0)
        assert.deepEqual(await at(`from=-infinity&to=${given}`), iso === 'infinity' ? isos : isos.slice(0, nth))
    }
  }
})

test('ends have the form of starts, beyond the last instant lies infinity, and no number is a sum of infinite ones', async (t) => {
  const { get, pool } = await service(t)
  const rooted = await everywhere(pool)
  const later = (iso: string): string =>
    iso.endsWith('infinity') || iso.startsWith('+294276') ? iso.replace(/^\+.*/, 'infinity') : ''
  for (const [nth, { root, job, child }] of rooted.entries()) {
    const iso = isos[nth] ?? ''
    const { json: shown } = await get<Timed & { sourceEventTime: string }>(`/invocations/${root}`)
    assert.deepEqual([shown.createdAt, shown.sourceEventTime], [iso, iso])
    if (later(iso) !== '') assert.equal(shown.endedAt, later(iso))
    else assert.equal(shown.endedAt?.length, (nth === 6 ? isos[7] : iso)?.length)
    const { json: ofJob } = await get<{ startedAt: string; endedAt: string }>(`/jobs/${job}`)
    assert.deepEqual([ofJob.startedAt, ofJob.endedAt], [iso, shown.endedAt])
    const {
      json: {
        data: [chain],
      },
    } = await get<{ data: Array<{ lagMs: number | null; clockSkew: boolean }> }>(
      `/chains?from=${encodeURIComponent(iso)}&to=infinity&order=asc&limit=1`,
    )
    assert.deepEqual([chain?.lagMs, chain?.clockSkew], [later(iso) === '' ? -5 : null, false])
    const {
      json: { tree, summary },
    } = await get<NestedTree>(`/trees/${root}`)
    assert.deepEqual(
      flat(tree).map(({ createdAt }) => createdAt),
      [iso, iso],
    )
    assert.deepEqual(
      [summary['startedAt'], summary['endedAt'], summary['durationMs']],
      [iso, shown.endedAt, later(iso) === '' ? 5 : null],
    )
    for (const form of ['ndjson', 'text'])
      assert.equal((await get(`/trees/${child}?from=root&format=${form}`)).status, 200)
  }
  const {
    json: { data },
  } = await get<{ data: Array<{ startedAt: string; endedAt: string; durationMs: number | null; root: Timed }> }>(
    `/trees?${withEverything}&order=asc`,
  )
  assert.deepEqual(
    data.map(({ startedAt, endedAt, durationMs }) => [startedAt, endedAt, durationMs]),
    data.map(({ root }) => [root.createdAt, root.endedAt, later(root.createdAt) === '' ? 5 : null]),
  )
})

test('durations of any size and sign: no page fails, no tree ends before it starts, and the list says what the tree says', async (t) => {
  const shown = await service(t)
  const { get, pool } = shown
  await pool.query(
    'alter table invocations alter column total_duration_ms type double precision; alter table job_executions alter column duration_ms type double precision',
  )
  const durations = [
    -1e300,
    -86_400_000,
    -5,
    -0.4,
    0,
    0.4,
    12.3456,
    1e14,
    9.2e15,
    1e18,
    1.7e308,
    Infinity,
    -Infinity,
    NaN,
  ]
  for (const duration of durations) await everywhere(pool, { total_duration_ms: duration, duration_ms: -duration })
  const trees = await rowsOf<{
    startedAt: string
    endedAt: string
    durationMs: number | null
    root: Timed & { id: string }
  }>(shown, `/trees?${withEverything}&limit=9`)
  assert.equal(trees.length, edges.length * durations.length)
  for (const { root, startedAt, endedAt, durationMs } of trees) {
    assert.ok(durationMs === null || durationMs >= 0, `${root.id}: ${startedAt} to ${endedAt}`)
    if (durationMs === null) assert.ok(/infinity/.test(startedAt) || endedAt === 'infinity')
    const { summary } = (await get<NestedTree>(`/trees/${root.id}`)).json
    assert.deepEqual(
      [summary['startedAt'], summary['endedAt'], summary['durationMs']],
      [startedAt, endedAt, durationMs],
      root.id,
    )
  }
  await pool.query(
    `alter table invocations alter column total_duration_ms type numeric using nullif(nullif(total_duration_ms, 'infinity'), '-infinity')`,
  )
  await pool.query(
    `update invocations set total_duration_ms = '-1e400' where total_duration_ms < 0; update invocations set total_duration_ms = '1e400' where total_duration_ms = 0`,
  )
  for (const path of ['/invocations', '/jobs', '/chains', '/trees'])
    assert.ok((await rowsOf(shown, `${path}?${withEverything}&limit=50`)).length > 100)
})

test('the order of branches is that of time', async (t) => {
  const { get, pool } = await service(t)
  const root = await addInvocation(pool, { created_at: '-infinity' })
  const job = await addJob(pool, root, { created_at: '-infinity' })
  for (const [created_at] of edges.toReversed()) await addInvocation(pool, { created_at, source_job_id: job })
  const {
    json: { tree },
  } = await get<{ tree: { jobs: Array<{ triggered: Timed[] }> } }>(`/trees/${root}`)
  assert.deepEqual(
    tree.jobs[0]?.triggered.map(({ createdAt }) => createdAt),
    isos,
  )
  const cut = (
    await get<{ tree: { jobs: Array<{ more: { invocations: number; href: string }; triggered: unknown[] }> } }>(
      `/trees/${root}?maxNodes=4`,
    )
  ).json.tree.jobs[0]
  assert.equal(cut?.triggered.length, 3)
  const rest = await rowsOf({ get }, cut?.more.href ?? '')
  assert.deepEqual(
    rest.map(({ createdAt }) => createdAt),
    isos.slice(3),
  )
})
