import assert from 'node:assert/strict'
import test from 'node:test'
import { seeds } from '../support/forest.ts'
import { rowsOf } from '../support/pages.ts'
import { addEvent, addInvocation, addJob } from '../support/rows.ts'
import { service } from '../support/service.ts'
import { writersForest } from '../support/writers/forest.ts'
import { insertWriters } from '../support/writers/insert.ts'

const now = Date.parse('2026-11-27T12:00:00Z')
const day = 'from=2026-11-22T00:00:00Z&to=2026-11-23T00:00:00Z'

interface Crashed {
  id: string
  status: string
  crashed: boolean
  crash: { eventId: string; eventName: string; message: string | null } | null
}

for (const seed of seeds) {
  test(`every crash is failed, and no innocent sibling is (writers of seed ${seed})`, async (t) => {
    const shown = await service(t)
    const forest = writersForest({ seed, deliveries: 70, transports: ['sql', 'graphql', 'eventkit'], now })
    await insertWriters(shown.pool, forest)
    const { rows, truth } = forest
    const month = 'from=2026-10-01T00:00:00Z&to=2026-12-01T00:00:00Z'
    const listed = new Map(
      (await rowsOf<Crashed>(shown, `/invocations?${month}&limit=1000`)).map((each) => [each.id, each]),
    )
    const failed = new Set(
      (await rowsOf<Crashed>(shown, `/invocations?${month}&outcome=failed&limit=1000`)).map(({ id }) => id),
    )
    assert.equal(listed.size, rows.invocations.length)
    const ofOthers = [...truth.events].filter(([, { crash }]) => crash === 'of another').map(([id]) => id)
    assert.ok(ofOthers.length >= 9)
    let silent = 0
    for (const [id, row] of listed) {
      const crash = truth.invocations.get(id)?.crash ?? null
      if (crash?.recorded !== true) assert.equal(row.crashed, false, 'nothing in it crashed, as far as the rows tell')
      if (row.crash) assert.ok(!ofOthers.includes(row.crash.eventId), 'the crash is no innocent sibling')
      if (crash === null || !crash.recorded) continue
      assert.ok(failed.has(id), 'a crash is failed')
      // EventKit says so itself.
      if (row.status === 'failed' && !row.crashed) continue
      assert.deepEqual([row.crash?.eventId, row.crash?.message?.split('\n')[0]], [crash.eventId, crash.message])
      if (row.status === 'completed') silent += 1
      const { summary } = (await shown.get<{ summary: { failedInvocations: number } }>(`/trees/${id}?maxDepth=0`)).json
      assert.equal(summary.failedInvocations, 1)
    }
    assert.ok(silent >= 3, `${silent} crashes are completed, says the writer`)
  })
}

test('a crash is shown wherever its invocation is, and counts as failed', async (t) => {
  const { get, pool } = await service(t)
  const created_at = '2026-11-22T09:00:00.000Z'
  const root = await addInvocation(pool, { created_at })
  const job = await addJob(pool, root, { created_at })
  const id = await addInvocation(pool, { created_at, source_job_id: job })
  const own = await addJob(pool, id, { created_at })
  const later = { created_at: '2026-11-22T09:00:00.500Z', status: 'handler_failed', handler_error: 'the second' }
  await addEvent(pool, id, later)
  const eventId = await addEvent(pool, id, {
    created_at: '2026-11-22T09:00:00.400Z',
    event_name: 'stock-low',
    status: 'detection_failed',
    detection_error: 'Handler crashed: TypeError: x',
  })
  await addEvent(pool, id, { created_at, detected: false, status: 'detection_failed', detection_error: 'of another' })
  const crash = { eventId, eventName: 'stock-low', message: 'Handler crashed: TypeError: x' }
  const is = (found: unknown, what: string): void => {
    const { status, crashed, crash: shown } = found as Crashed
    assert.deepEqual({ status, crashed, crash: shown }, { status: 'completed', crashed: true, crash }, what)
  }
  const first = async (path: string) => (await get<{ data: unknown[] }>(path)).json.data[0]

  is((await get(`/invocations/${id}`)).json, 'detail')
  is((await get(`/jobs/${own}`)).json['invocation'], 'of a job')
  is(await first(`/invocations?sourceJobId=${job}`), 'what a job triggered')
  is(await first(`/invocations?${day}&outcome=crashed`), 'list')
  is(((await first(`/chains?${day}`)) as { triggered: unknown }).triggered, 'link')
  is((await get<{ tree: unknown }>(`/trees/${id}`)).json.tree, 'nested')
  is((await get<{ nodes: unknown[] }>(`/trees/${root}?shape=flat`)).json.nodes[1], 'flat')
  is(JSON.parse((await get(`/trees/${root}?format=ndjson`)).text.split('\n')[2] ?? ''), 'ndjson')
  assert.match((await get(`/trees/${root}?format=text`)).text, / completed, crashed in stock-low {2}/)
  assert.match((await get(`/trees/${root}?format=text`)).text, /; failed: 1 invocation, 0 jobs; /)

  const [tree] = (
    await get<{ data: Array<{ root: Crashed; status: string; failedInvocations: number }> }>(
      `/trees?${day}&status=failed`,
    )
  ).json.data
  assert.deepEqual(
    [tree?.root.id, tree?.root.crashed, tree?.status, tree?.failedInvocations],
    [root, false, 'failed', 1],
  )
  const ids = async (outcome: string) =>
    (await get<{ data: Crashed[] }>(`/invocations?${day}&outcome=${outcome}`)).json.data.map((each) => each.id)
  assert.deepEqual([await ids('failed'), await ids('crashed'), await ids('completed')], [[id], [id], [root]])
})

test('what runs is running while it lives and stale after that, and failed if it crashed', async (t) => {
  const { get, pool } = await service(t)
  const dead = { status: 'running', total_duration_ms: null, created_at: '2026-11-22T09:00:00.000Z' }
  const stale = await addInvocation(pool, dead)
  const running = await addInvocation(pool, { ...dead, updated_at: new Date().toISOString() })
  const crashed = await addInvocation(pool, dead)
  await addEvent(pool, crashed, { created_at: dead.created_at, status: 'handler_failed' })
  const ids = async (outcome: string) =>
    (await get<{ data: Crashed[] }>(`/invocations?${day}&outcome=${outcome}`)).json.data.map((each) => each.id)
  assert.deepEqual(await Promise.all(['running', 'stale', 'failed', 'completed'].map(ids)), [
    [running],
    [stale],
    [crashed],
    [],
  ])
  assert.deepEqual((await ids('running&outcome=stale')).sort(), [running, stale].sort())
})

test('a crash that arrives after its invocation makes another answer, with another tag', async (t) => {
  const { app, get, pool } = await service(t)
  const created_at = '2026-11-22T09:00:00.000Z'
  const id = await addInvocation(pool, { created_at })
  const event = await addEvent(pool, id, { created_at, status: 'handling' })
  const paths = [`/invocations/${id}`, `/invocations?${day}`, `/trees/${id}`, `/trees?${day}`]
  const tags = new Map<string, string>()
  for (const path of paths) tags.set(path, String((await get(path)).headers['etag']))
  const again = async (url: string) =>
    (await app.inject({ url, headers: { 'if-none-match': tags.get(url) ?? '' } })).statusCode
  for (const path of paths) assert.equal(await again(path), 304, path)
  await pool.query(`update event_executions set status = 'handler_failed' where id = $1`, [event])
  for (const path of paths) assert.equal(await again(path), 200, path)
})
