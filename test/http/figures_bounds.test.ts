import assert from 'node:assert/strict'
import test, { type TestContext } from 'node:test'
import { pino } from 'pino'
import type { OpenSnapshot } from '../../src/db/db.ts'
import type { Sql } from '../../src/db/sql.ts'
import { createReader } from '../../src/db/pool/pool.ts'
import { rankedRequest } from '../../src/domain/paging/ranked.ts'
import type { Bound, Opening } from '../../src/reading/analysis/bounded.ts'
import { readDependencies } from '../../src/reading/analysis/dependencies.ts'
import { readForest } from '../../src/reading/forest/read-forest.ts'
import * as reference from '../support/analysis.ts'
import { database } from '../support/database.ts'
import { forest, insertForest } from '../support/forest.ts'
import { onTeardown } from '../support/teardown.ts'

const at = Date.parse('2026-11-22T09:00:00Z')
const asked = rankedRequest(
  '/dependencies',
  { from: '2026-11-22T09:00:00Z', to: '2026-11-22T09:10:00Z', limit: 1000, sort: 'name' },
  '2026-11-22T10:00:00.000000Z',
)
const rules = { linkWay: 'column' } as const
const query = { level: 'function', hops: 1 } as const

/** A database with a forest in it; `tries` says which statement timeouts were asked for. */
async function opening(t: TestContext) {
  const { url, pool } = await database(t)
  const db = createReader()
  const log = pino({ level: 'silent' })
  db.start({ url, size: 2, connectTimeout: 5000, statementTimeout: 30_000, lockTimeout: 30_000, log })
  onTeardown(t, () => db.end())
  await insertForest(pool, forest(6, 120, at))
  const tries: number[] = []
  const open: Opening['open'] = (statementTimeout) => {
    tries.push(statementTimeout)
    return db.open({ statementTimeout: 30_000 })
  }
  return { pool, open, tries }
}

test('where only the newest rows are counted, the answer says so, and is exact for them', async (t) => {
  const { pool, open } = await opening(t)
  const facts = await reference.factsOf(pool)
  const newest = facts.invocations.toSorted((a, b) => b.at - a.at)
  const from = newest[29]?.at ?? 0
  const { data, page } = await readDependencies({ open }, asked, query, rules, [{ rows: 30, statementTimeout: 1 }])
  const expected = reference.dependencies(facts, 'function', { from, to: (at + 600_000) * 1000 })
  assert.ok(expected.length > 3)
  const named = (edges: ReadonlyArray<{ source: { name: string }; target: { name: string }; times: number }>) =>
    edges.map(({ source, target, times }) => `${source.name} ${target.name} ${times}`).toSorted()
  assert.deepEqual(named(data), named(expected as never))
  assert.deepEqual([page.sampled, page.examinedFrom], [true, reference.instant(from)])
  assert.equal(page.examined, facts.invocations.filter((row) => row.at >= from).length)
  const { page: all } = await readDependencies({ open }, asked, query, rules, [
    { rows: 1_000_000, statementTimeout: 1 },
  ])
  assert.deepEqual([all.sampled, all.examinedFrom, all.examined], [false, null, facts.invocations.length])
})

test('what takes too long is asked for less, and fails if even the least takes too long; other failures are not tried again', async (t) => {
  const { open, tries } = await opening(t)
  const bounds: Bound[] = [
    { rows: null, statementTimeout: 3 },
    { rows: 30, statementTimeout: 2 },
    { rows: 20, statementTimeout: 1 },
  ]
  const failing = (times: number, code: string): Opening => ({
    async open(statementTimeout) {
      const snapshot = await open(statementTimeout)
      const fails = tries.length <= times
      const fail = (): Promise<never> => Promise.reject(Object.assign(new Error(code), { code }))
      return fails ? { ...snapshot, query: fail, close: () => snapshot.close() } : snapshot
    },
  })
  const { page } = await readDependencies(failing(1, '57014'), asked, query, rules, bounds)
  assert.deepEqual([tries.splice(0), page.sampled], [[3, 2], true])
  await assert.rejects(readDependencies(failing(3, 'READ_TIMEOUT'), asked, query, rules, bounds), /READ_TIMEOUT/)
  assert.deepEqual(tries.splice(0), [3, 2, 1])
  await assert.rejects(readDependencies(failing(1, '42501'), asked, query, rules, bounds), /42501/)
  assert.deepEqual(tries, [3])
})

test('a forest whose second batch takes too long is told as far as it was read, and one of which nothing was read fails', async () => {
  const over = Object.assign(new Error('canceling statement due to statement timeout'), { code: '57014' })
  const starts = Array.from({ length: 201 }, (_, nth) => ({ id: `start ${nth}`, at: '2026-11-22 09:30:00+00' }))
  const reading = (fails: (statement: Sql) => boolean) => {
    let asked = 0
    const snapshot: OpenSnapshot = {
      asOf: '2026-11-22 10:00:00+00',
      // The second statement asks where trees start.
      query: async <R extends object>(statement: Sql) => {
        asked += 1
        if (fails(statement)) throw over
        return (asked === 2 ? starts : []) as R[]
      },
      batches: () => assert.fail('no batches are asked for'),
      part: async (_timeout, work) => work(),
      close: async () => undefined,
    }
    const window = { from: '2026-11-22T09:00:00.000000Z', to: '2026-11-22T10:00:00.000000Z' }
    return readForest(
      { open: async () => snapshot },
      { window, functions: [], roots: true },
      { staleAfter: 900_000, linkWay: 'column' },
      () => assert.fail('no tree was read'),
    )
  }
  const read = await reading(({ values }) => values.includes('start 199'))
  assert.deepEqual([read.tooLarge, read.sampled, read.examinedFrom], [200, true, '2026-11-22T09:30:00.000000Z'])
  await assert.rejects(
    reading(({ text }) => /created_at/.test(text)),
    over,
  )
})
