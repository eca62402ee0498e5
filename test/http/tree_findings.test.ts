import assert from 'node:assert/strict'
import test, { type TestContext } from 'node:test'
import { referenceCauses } from '../support/cascade.ts'
import { referencePath, type ReferenceSegment } from '../support/critical-path.ts'
import { forest, insertForest } from '../support/forest.ts'
import { seedsAndModes, serviceInMode, type LinkMode } from '../support/link-modes.ts'
import * as reference from '../support/reference.ts'
import { addEvent, addInvocation, addJob } from '../support/rows.ts'
import { service, type Service } from '../support/service.ts'

const at = Date.parse('2026-11-22T09:00:00Z')

interface PathAnswer {
  asOf: string
  open: boolean
  endedAt: string
  segments: Array<ReferenceSegment & { share: number }>
  truncated: unknown
}

interface FailuresAnswer {
  verdict: string
  rootCauses: {
    count: number
    data: Array<{
      kind: string
      id: string
      downstream: { invocations: number; jobs: number; data: Array<{ id: string }> }
    }>
  }
}

/** Every eighth invocation, and all that are on a cycle. */
async function everyTree(
  t: TestContext,
  { seed, mode }: { seed: number; mode: LinkMode },
  look: (shown: Service, start: string, members: reference.Member[]) => Promise<void>,
): Promise<void> {
  const rows = forest(seed, 110, at)
  const shown = await serviceInMode(t, mode, (pool) => insertForest(pool, rows))
  const starts = rows.invocations.filter(({ id }, nth) => rows.circular.includes(id) || nth % 8 === 0)
  for (const { id } of starts) await look(shown, id, await reference.tree(shown.pool, id))
}

for (const { seed, mode } of seedsAndModes) {
  test(`critical paths are what a person finds on paper (forest of seed ${seed}, links ${mode})`, async (t) => {
    await everyTree(t, { seed, mode }, async ({ get }, start, members) => {
      const path = `/trees/${start}/critical-path`
      const { json } = await get<PathAnswer>(path)
      assert.deepEqual(
        json.segments.map(({ kind, id, startedAt, endedAt, by }) => ({ kind, id, startedAt, endedAt, by })),
        referencePath(members, json.asOf),
        path,
      )
      const sum = json.segments.reduce((all, { share }) => all + share, 0)
      assert.ok(Math.abs(sum - 1) < 1e-9 || json.segments.every(({ share }) => share === 0), `${path}: ${sum}`)
      const { text } = await get(`${path}?format=text`)
      const lines = text.split('\n\n')[0]?.split('\n') ?? []
      assert.deepEqual(
        lines.map((line) => line.slice(-36)),
        json.segments.map(({ id }) => id),
        'a line a segment',
      )
    })
  })

  test(`root causes, and what ran below them, are what a climb from each failure finds (forest of seed ${seed}, links ${mode})`, async (t) => {
    await everyTree(t, { seed, mode }, async ({ get }, start, members) => {
      const path = `/trees/${start}/failures`
      const { json } = await get<FailuresAnswer>(path)
      const expected = referenceCauses(members)
      assert.equal(json.rootCauses.count, expected.length, path)
      assert.deepEqual(
        json.rootCauses.data.map(({ kind, id, downstream: { invocations, jobs, data } }) => ({
          kind,
          id,
          jobs,
          count: invocations,
          invocations: data.map((each) => each.id),
        })),
        expected.slice(0, 100).map(({ kind, id, jobs, invocations }) => ({
          kind,
          id,
          jobs,
          count: invocations.length,
          invocations: invocations.slice(0, 20),
        })),
        path,
      )
    })
  })
}

test('a tree that is cut says so, in JSON and in text, and its answers are those of the part that was read', async (t) => {
  const { get, pool } = await service(t)
  const root = await addInvocation(pool, { created_at: '2026-11-22T09:00:00Z' })
  const job = await addJob(pool, root, { created_at: '2026-11-22T09:00:00.01Z' })
  const below = await addInvocation(pool, { created_at: '2026-11-22T09:00:09Z', source_job_id: job })
  await addJob(pool, below, { created_at: '2026-11-22T09:00:09Z', status: 'failed' })
  for (const [limit, reason] of [
    ['maxNodes=1', 'max-nodes'],
    ['maxDepth=0', 'max-depth'],
  ]) {
    const { json: path } = await get<PathAnswer>(`/trees/${root}/critical-path?${limit}`)
    assert.deepEqual(
      [path.truncated, path.endedAt],
      [{ reason, limit: Number(limit?.at(-1)) }, '2026-11-22T09:00:00.100000Z'],
    )
    const { json: failures } = await get<FailuresAnswer>(`/trees/${root}/failures?${limit}`)
    assert.deepEqual(
      [failures.rootCauses.count, failures.verdict],
      [0, 'Nothing failed; the tree was cut, so this is said of the part that was read.'],
    )
    for (const what of ['critical-path', 'failures'])
      assert.match(
        (await get(`/trees/${root}/${what}?${limit}&format=text`)).text,
        new RegExp(`the tree was cut by ${reason} .*told of the part that was read`),
      )
  }
  const { json: whole } = await get<FailuresAnswer>(`/trees/${root}/failures`)
  assert.equal(whole.rootCauses.count, 1)
  assert.equal((await get(`/trees/${root}/failures?maxNodes=10001`)).status, 400)
})

test('the path of a tree that runs is another one at each request; that of a tree that has ended is not sent again', async (t) => {
  const { get, pool } = await service(t)
  const runs = await addInvocation(pool, { status: 'running', total_duration_ms: null })
  const ended = await addInvocation(pool)
  for (const [id, status] of [
    [runs, 200],
    [ended, 304],
  ] as const) {
    const path = `/trees/${id}/critical-path`
    const first = await get<PathAnswer>(path)
    assert.deepEqual([first.json.open, first.json.endedAt === first.json.asOf], [id === runs, id === runs])
    assert.equal((await get(path, { 'if-none-match': String(first.headers['etag']) })).status, status)
  }
})

test('the message of a failure is as whole as the caller may see it', async (t) => {
  const stack = 'Declined\n    at charge (/srv/app/charge.js:7:3)'
  for (const [scopes, expected] of [
    [['read'], 'Declined'],
    [['read', 'read:payload'], stack],
  ] as const) {
    const { get, pool } = await service(t, { anonymousScopes: [...scopes] })
    const root = await addInvocation(pool)
    const event = await addEvent(pool, root, { status: 'handler_failed', handler_error: stack })
    await addJob(pool, root, { status: 'failed', error_message: stack, event_execution_id: event })
    const { json } = await get<{ rootCauses: { data: Array<{ kind: string; errorMessage: string }> } }>(
      `/trees/${root}/failures`,
    )
    assert.deepEqual(Object.fromEntries(json.rootCauses.data.map(({ kind, errorMessage }) => [kind, errorMessage])), {
      handler: expected,
      job: expected,
    })
  }
})
