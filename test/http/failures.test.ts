import assert from 'node:assert/strict'
import test from 'node:test'
import { causeOf } from '../../src/domain/analysis/cause.ts'
import * as reference from '../support/analysis.ts'
import { forest, insertForest, seeds } from '../support/forest.ts'
import { pages, rowsOf } from '../support/pages.ts'
import { addEvent, addInvocation, addJob } from '../support/rows.ts'
import { service } from '../support/service.ts'
import { writersForest } from '../support/writers/forest.ts'
import { insertWriters } from '../support/writers/insert.ts'

const at = Date.parse('2026-11-22T09:00:00Z')

interface Failure {
  kind: string
  name: string
  cause: string
  count: number
  invocations: number
  trees: number | null
  firstSeen: string
  lastSeen: string
  new: boolean | null
  previousCount: number | null
  samples: Array<{ id: string; invocationId: string; at: string; message: string | null; tree: string }>
}

const keyOf = ({ kind, name, cause }: Pick<Failure, 'kind' | 'name' | 'cause'>): string =>
  JSON.stringify([kind, name, cause])

/** What the answer should be, grouped by a loop; causes are those of causeOf, which has tests of its own. */
function expected(
  facts: reference.Facts,
  { from, to }: reference.Span,
): Array<Omit<Failure, 'samples'> & { samples: string[] }> {
  const root = reference.rootOf(facts)
  const all = reference
    .failures(facts)
    .map((each) => Object.assign(each, { cause: causeOf(each.message?.slice(0, 500) ?? null) }))
  const before = all.filter((each) => reference.within(each, { from: from - (to - from), to: from })).map(keyOf)
  return [
    ...reference
      .grouped(
        all.filter((each) => reference.within(each, { from, to })),
        keyOf,
      )
      .values(),
  ].map((group) => {
    const [{ kind, name, cause } = { kind: '', name: '', cause: '' }] = group
    const previousCount = before.filter((key) => key === keyOf({ kind, name, cause })).length
    const times = group.map((each) => each.at)
    return {
      kind,
      name,
      cause,
      count: group.length,
      invocations: new Set(group.map(({ invocation }) => invocation)).size,
      trees: new Set(group.map(({ invocation }) => root(invocation))).size,
      firstSeen: reference.instant(Math.min(...times)),
      lastSeen: reference.instant(Math.max(...times)),
      new: previousCount === 0,
      previousCount,
      samples: group
        .toSorted((a, b) => b.at - a.at || (a.id < b.id ? 1 : -1))
        .slice(0, 3)
        .map(({ id }) => id),
    }
  })
}

const sorted = <T extends Pick<Failure, 'kind' | 'name' | 'cause'>>(failures: readonly T[]): T[] =>
  failures.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
const withIds = (failures: readonly Failure[]) =>
  sorted(failures).map((failure) => Object.assign(failure, { samples: failure.samples.map(({ id }) => id) }))

for (const seed of seeds) {
  test(`failures are those that a loop over all rows finds, by cause (forest of seed ${seed})`, async (t) => {
    const { get, pool } = await service(t)
    await insertForest(pool, forest(seed, 300, at))
    await pool.query(`
      update job_executions set error_message = 'Order ' || abs(hashtext(id::text)) % 3 * 1000 || ' of ' || id || ' was refused by "' || job_name || '"' where status = 'failed'`)
    const facts = await reference.factsOf(pool)
    const window = { from: at * 1000 + 30_000_000, to: at * 1000 + 55_000_000 }
    const path = `/failures?from=${reference.instant(window.from)}&to=${reference.instant(window.to)}&limit=1000`
    const { json } = await get<{ data: Failure[] }>(path)
    const wanted = expected(facts, window)
    assert.ok(
      wanted.length > 5 && wanted.some(({ count }) => count > 1) && wanted.some(({ previousCount }) => previousCount),
    )
    assert.deepEqual(withIds(json.data), sorted(wanted))
    for (const kind of ['job', 'event', 'function']) {
      const own = await get<{ data: Failure[] }>(`${path}&kind=${kind}&new=true`)
      assert.deepEqual(withIds(own.json.data), sorted(wanted.filter((each) => each.kind === kind && each.new)), kind)
    }
    const refused = await get<{ data: Failure[] }>(`${path}&text=WAS+REFUSED`)
    assert.deepEqual(withIds(refused.json.data), sorted(wanted.filter(({ cause }) => cause.includes('was refused'))))
  })
}

test('every failed invocation of real writers is told of by a cause, and no innocent sibling of a crash is', async (t) => {
  const { pool, ...shown } = await service(t)
  const { rows, truth } = writersForest({
    seed: 9,
    deliveries: 70,
    transports: ['sql', 'graphql', 'eventkit'],
    widenedChecks: false,
    now: at,
  })
  await insertWriters(pool, { options: {} as never, rows, truth })
  const failures = await rowsOf<Failure>(
    shown,
    '/failures?from=2026-10-01T00:00:00Z&to=2026-11-23T00:00:00Z&limit=1000',
  )
  const facts = await reference.factsOf(pool)
  const told = new Set(reference.failures(facts).map(({ invocation }) => invocation))
  assert.equal(
    failures.reduce((sum, { count }) => sum + count, 0),
    reference.failures(facts).length,
  )
  for (const each of facts.invocations.filter(reference.failed)) assert.ok(told.has(each.id), `${each.id} has no cause`)
  const innocent = [...truth.events].filter(([, { crash }]) => crash === 'of another').map(([id]) => id)
  const samples = failures.flatMap((failure) => failure.samples)
  assert.ok(innocent.length > 5 && samples.length > 5)
  assert.ok(samples.every(({ id }) => !innocent.includes(id)))
})

test('a cause is one whatever ids, numbers and addresses its messages hold; who may not see payloads sees no stack', async (t) => {
  const { get, pool } = await service(t)
  for (const [nth, created_at] of ['2026-11-22T08:30:00Z', '2026-11-22T09:10:00Z', '2026-11-22T09:20:00Z'].entries())
    await addJob(pool, await addInvocation(pool, { created_at }), {
      created_at,
      status: 'failed',
      error_message: `Order ${nth + 41_880} was refused by 10.0.0.${nth}:443\n    at save (/srv/app/save.js:3:4)`,
    })
  const created_at = '2026-11-22T09:30:00Z'
  await addEvent(pool, await addInvocation(pool, { created_at, status: 'completed' }), {
    created_at,
    status: 'handler_failed',
    handler_error: 'Handler crashed: Error: no 7',
  })
  const hour = 'from=2026-11-22T09:00:00Z&to=2026-11-22T10:00:00Z'
  const { json } = await get<{ data: Failure[] }>(`/failures?${hour}&sort=-count`)
  assert.deepEqual(
    json.data.map(({ kind, cause, count, new: isNew, previousCount }) => [kind, cause, count, isNew, previousCount]),
    [
      ['job', 'Order [number] was refused by [address]', 2, false, 1],
      ['event', 'Handler crashed: Error: no [number]', 1, true, 0],
    ],
  )
  assert.deepEqual(
    json.data[0]?.samples.map(({ message }) => message),
    ['Order 41882 was refused by 10.0.0.2:443', 'Order 41881 was refused by 10.0.0.1:443'],
  )
  for (const { tree } of json.data.flatMap(({ samples }) => samples)) assert.equal((await get(tree)).status, 200)
  const { json: all } = await get<{ data: Failure[] }>('/failures?from=-infinity&to=infinity')
  assert.deepEqual(
    all.data.map((each) => [each.count, each.new]),
    [
      [3, null],
      [1, null],
    ],
  )
})

test('pages of causes show each once, while failures arrive outside of the window', async (t) => {
  const shown = await service(t)
  await insertForest(shown.pool, forest(4, 300, at))
  const path = '/failures?from=2026-11-22T09:00:00Z&to=2026-11-22T09:02:00Z&sort=-lastSeen'
  const all = (await rowsOf<Failure>(shown, `${path}&limit=1000`)).map(keyOf)
  const seen: string[] = []
  for await (const page of pages<Failure>(shown, `${path}&limit=5`)) {
    seen.push(...page.map(keyOf))
    await addJob(shown.pool, await addInvocation(shown.pool), { status: 'failed' })
  }
  assert.ok(all.length > 10)
  assert.deepEqual(seen, all)
})
