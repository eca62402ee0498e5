import assert from 'node:assert/strict'
import test from 'node:test'
import { addExample, filled, samples } from '../support/endpoints.ts'
import { seeds } from '../support/forest.ts'
import { rowsOf, type Listed } from '../support/pages.ts'
import { patience } from '../support/patience.ts'
import { addEvent, addInvocation, addJob } from '../support/rows.ts'
import { service } from '../support/service.ts'
import type { NestedTree } from '../support/trees.ts'
import { until } from '../support/until.ts'
import { writersForest, type WritersForest } from '../support/writers/forest.ts'
import { insertWriters } from '../support/writers/insert.ts'
import type { Death } from '../support/writers/truth.ts'
import { bounds } from '../support/writers/world.ts'

interface Told {
  id: string
  status: string
  stale: boolean
  detected?: boolean
  createdAt: string
  endedAt: string | null
  durationMs: number | null
}

/** Of an invocation. */
const running = { status: 'running', total_duration_ms: null }
const ever = 'from=-infinity&to=infinity&limit=1000'

/** What three writers left by now, on each transport. */
const left = (seed: number, widenedChecks = false): WritersForest =>
  writersForest({
    seed,
    deliveries: 70,
    transports: ['sql', 'graphql', 'eventkit', 'eventkit-late-jobs'],
    widenedChecks,
    now: Date.now(),
  })

for (const seed of seeds) {
  test(`every row of a process that died is stale, and no other (writers of seed ${seed})`, async (t) => {
    const shown = await service(t)
    const forest = left(seed, seed % 2 === 0)
    await insertWriters(shown.pool, forest)
    const dead = (truth: Map<string, { dead: Death | null }>, ids: string[]): string[] =>
      ids.filter((id) => (truth.get(id)?.dead ?? null) !== null).sort()
    const stale = (rows: Told[]): string[] => rows.flatMap((row) => (row.stale ? [row.id] : [])).sort()

    const invocations = await rowsOf<Told>(shown, `/invocations?${ever}`)
    const expected = dead(
      forest.truth.invocations,
      forest.rows.invocations.map(({ id }) => id),
    )
    assert.ok(expected.length > 10)
    assert.deepEqual(stale(invocations), expected)
    assert.deepEqual(
      stale(await rowsOf<Told>(shown, `/jobs?${ever}`)),
      dead(
        forest.truth.jobs,
        forest.rows.jobs.map(({ id }) => id),
      ),
    )
    const events: Told[] = []
    for (const { id } of invocations)
      events.push(...(await shown.get<{ events: { data: Told[] } }>(`/invocations/${id}`)).json.events.data)
    assert.deepEqual(
      stale(events),
      dead(
        forest.truth.events,
        forest.rows.events.map(({ id }) => id),
      ),
    )

    assert.deepEqual(
      stale(await rowsOf<Told>(shown, '/events?stale=true&limit=7')),
      stale(events.filter((event) => event.detected)),
    )
    assert.deepEqual(
      (await rowsOf<Told>(shown, '/invocations?stale=true&limit=7')).map(({ id }) => id).sort(),
      expected,
    )

    const alive = invocations.filter((row) => row.status === 'running' && !row.stale)
    assert.ok(alive.length > 0)
    for (const { id } of alive) assert.equal(forest.truth.invocations.get(id)?.end, null)
  })

  test(`no end is earlier than the truth by more than a clock, nor later but where the rule says so (writers of seed ${seed})`, async (t) => {
    const { get, pool } = await service(t)
    const forest = left(seed)
    await insertWriters(pool, forest)
    let mended = 0
    for (const row of forest.rows.invocations) {
      const { end, dead, touchedByDeletion } = forest.truth.invocations.get(row.id) ?? assert.fail(row.id)
      const { json } = await get<Told>(`/invocations/${row.id}`)
      if (end === null || row.total_duration_ms === null) {
        assert.equal(json.endedAt, null)
        continue
      }
      if (dead === 'was seeded') continue
      const late = Date.parse(json.endedAt ?? '') - Date.parse(end)
      assert.ok(late >= -bounds.clockSkewMs, `${row.id}: ${-late} ms early`)
      const jobs = forest.rows.jobs.filter(({ invocation_id }) => invocation_id === row.id)
      const ends = jobs.map(({ created_at, duration_ms }) => Date.parse(created_at) + (duration_ms ?? 0))
      const updated = Date.parse(row.updated_at)
      const summed = updated <= Date.parse(row.created_at) || updated < Math.max(...ends) || touchedByDeletion
      if (!summed) assert.ok(late <= bounds.clockSkewMs + bounds.writeLatencyMs, `${row.id}: ${late} ms late`)
      if (Date.parse(json.endedAt ?? '') < Date.parse(row.created_at) + row.total_duration_ms) mended += 1
    }
    assert.ok(mended >= 5, `${mended} ends that a cold start had made late`)
  })

  test(`the list of trees, which SQL sums up, says what each tree does (writers of seed ${seed})`, async (t) => {
    const shown = await service(t)
    await insertWriters(shown.pool, left(seed, true))
    type Summed = Record<string, unknown> & { root: Told; status: string }
    const trees = await rowsOf<Summed>(shown, `/trees?${ever}`)
    assert.deepEqual([...new Set(trees.map(({ status }) => status))].sort(), [
      'completed',
      'failed',
      'running',
      'stale',
    ])
    for (const { root, status, ...figures } of trees) {
      const { json } = await shown.get<NestedTree>(`/trees/${root.id}`)
      const { maxDepth: _depth, ...summary } = json.summary
      assert.deepEqual(summary, figures, root.id)
      assert.equal(json.tree['endedAt'], root.endedAt)
      const { failedInvocations, failedJobs, running, stale } = summary
      const worst =
        Number(failedInvocations) + Number(failedJobs) > 0
          ? 'failed'
          : running
            ? 'running'
            : stale
              ? 'stale'
              : 'completed'
      assert.equal(status, worst)
    }
    const stale = await rowsOf<Summed>(shown, `/trees?${ever}&status=stale`)
    assert.deepEqual(
      stale,
      trees.filter(({ status }) => status === 'stale'),
    )
  })
}

/** They count names, what ran, what failed, and trees that are over: none of that turns stale. */
const tellOfNothingStale = new Set([
  '/dependencies',
  '/critical-paths',
  '/shapes',
  '/totals',
  '/failures',
  '/names',
  '/links',
])

test('an answer in which a row turns stale has another ETag, though no row changed', async (t) => {
  const staleAfter = patience(1000)
  const { app, pool } = await service(t, { rules: { staleAfter, linkWay: 'column' } })
  const ids = await addExample(pool)
  const paths = samples
    .filter(({ endpoint, streamed, tells }) => endpoint.conditional && !streamed && tells.length > 0)
    .filter(({ endpoint }) => !tellOfNothingStale.has(endpoint.path))
    .map(({ path }) => filled(path, ids))
  const versions = async (): Promise<unknown> =>
    (
      await pool.query(
        'select id, xmin, updated_at from invocations union all select id, xmin, updated_at from job_executions order by 1',
      )
    ).rows
  const tagOf = async (url: string): Promise<string> => String((await app.inject({ url })).headers.etag)
  const tags = await until('all answers in which all is alive', async () => {
    await pool.query(`
      update invocations set status = 'running', total_duration_ms = null;
      update event_executions set status = 'handling';
      update job_executions set status = 'running', duration_ms = null`)
    const taken: string[] = []
    for (const path of paths) taken.push(await tagOf(path))
    const { rows } = await pool.query<{ alive: boolean }>(
      `select bool_and(updated_at > now() - $1 * interval '1 ms') as alive from invocations`,
      [staleAfter],
    )
    return rows[0]?.alive === true ? taken : undefined
  })
  const before = await versions()
  for (const [nth, url] of paths.entries()) {
    await until(`${url} is sent again`, async () => {
      const { statusCode, headers } = await app.inject({ url, headers: { 'if-none-match': tags[nth] } })
      assert.ok(statusCode === 200 || statusCode === 304)
      assert.equal(statusCode === 200, headers.etag !== tags[nth])
      return statusCode === 200
    })
  }
  assert.deepEqual(await versions(), before)
})

test('a row that lacks updated_at, as in a copy, lives from when it began', async (t) => {
  const shown = await service(t)
  const { pool, get } = shown
  const hourAgo = new Date(Date.now() - 3_600_000).toISOString()
  const young = await addInvocation(pool, running)
  const dead = await addInvocation(pool, { ...running, created_at: hourAgo })
  const old = await addInvocation(pool, { ...running, created_at: hourAgo })
  const job = await addJob(pool, old, { status: 'running', duration_ms: null })
  const withEvent = await addInvocation(pool, { ...running, created_at: hourAgo })
  await addEvent(pool, withEvent)
  for (const table of ['invocations', 'event_executions', 'job_executions'])
    await pool.query(
      `alter table ${table} alter column updated_at drop not null, disable trigger user; update ${table} set updated_at = null`,
    )
  const expected = { [young]: false, [dead]: true, [old]: false, [withEvent]: false }
  const told = (rows: Told[]) => Object.fromEntries(rows.map(({ id, stale }) => [id, stale]))
  assert.deepEqual(told(await rowsOf<Told>(shown, `/invocations?${ever}`)), expected)
  assert.deepEqual(told(await rowsOf<Told>(shown, `/jobs?${ever}`)), { [job]: false })
  const trees = await rowsOf<{ root: Told; status: string }>(shown, `/trees?${ever}`)
  assert.deepEqual(told(trees.map(({ root }) => root)), expected)
  for (const { root, status } of trees) {
    assert.equal(status, root.stale ? 'stale' : 'running')
    assert.equal((await get<Told>(`/invocations/${root.id}`)).json.stale, root.stale)
    assert.equal((await get<NestedTree>(`/trees/${root.id}`)).json.tree['stale'], root.stale)
  }
})

test('the text form of a tree names the jobs that run, and those that are stale', async (t) => {
  const { get, pool } = await service(t)
  const unfinished = { status: 'running', duration_ms: null }
  const alive = await addInvocation(pool, running)
  await addJob(pool, alive, { ...unfinished, job_name: 'plan-shipment' })
  const ended = await addInvocation(pool)
  await addJob(pool, ended, { ...unfinished, job_name: 'write-audit-entry' })
  await addJob(pool, ended, { status: 'failed', job_name: 'pay-back' })
  const line = async (id: string): Promise<string[]> =>
    (await get(`/trees/${id}?format=text`)).text.split('\n')[0]?.split('  ') ?? []
  assert.deepEqual((await line(alive)).slice(1, 4), ['running', '1 job', 'running: plan-shipment'])
  assert.deepEqual((await line(ended)).slice(3, 5), ['2 jobs, failed: pay-back', 'stale: write-audit-entry'])
})

test('of all time 2000 rows that run are looked at for a page, and the next page goes on from there', async (t) => {
  const shown = await service(t)
  const forgotten = await addInvocation(shown.pool, { created_at: '2020-01-01T00:00:00Z', status: 'running' })
  await shown.pool.query(`
    insert into invocations (source_function, source_event_payload, status, created_at)
    select 'alive', '{}', 'running', now() - n * interval '1 second' from generate_series(1, 2100) n`)
  const { json } = await shown.get<Listed<Told>>('/invocations?stale=true')
  assert.deepEqual([json.data, json.page.examined, json.page.from], [[], 2000, null])
  assert.ok(json.page.nextCursor)
  assert.deepEqual(
    (await rowsOf<Told>(shown, '/invocations?stale=true')).map(({ id }) => id),
    [forgotten],
  )
})

test('an age that is none, and a status that contradicts it, are refused with what is allowed', async (t) => {
  const { get } = await service(t)
  const refused: Array<[path: string, allowed: RegExp]> = [
    ['/invocations?olderThan=15', /a whole number and a unit of s, m, h, d, w/],
    ['/invocations?olderThan=1h&status=completed', /without a status or with running/],
    ['/jobs?stale=true&status=failed', /without a status or with running/],
    ['/events?olderThan=2d&status=completed', /with detecting or handling/],
  ]
  for (const [path, allowed] of refused) {
    const { status, json } = await get<{ errors: Array<{ allowed: string }> }>(path)
    assert.equal(status, 400, path)
    assert.match(json.errors[0]?.allowed ?? '', allowed)
  }
  for (const path of ['/invocations?olderThan=1h&status=running', '/jobs?stale=true&status=failed&status=running'])
    assert.equal((await get(path)).status, 200, path)
})
