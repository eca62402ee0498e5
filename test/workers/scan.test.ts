import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test, type TestContext } from 'node:test'
import type pg from 'pg'
import { Random } from '../../src/demo/random.ts'
import type { Tally } from '../../src/domain/link/tally.ts'
import { examinerOf, type Examiner } from '../../src/workers/links/examine.ts'
import { scanLinks, type Keeping, type ScanOptions } from '../../src/workers/links/scan.ts'
import { database } from '../support/database.ts'
import { seeds } from '../support/forest.ts'
import { linkWriter } from '../support/links.ts'
import { addInvocation, addJob } from '../support/rows.ts'
import { writersForest } from '../support/writers/forest.ts'
import { circles, expectedLinks, stateOf } from '../support/writers/found.ts'
import { insertWriters } from '../support/writers/insert.ts'
import type { Transport } from '../support/writers/rows.ts'

const HOUR = 3_600_000
const page = readFileSync(new URL('../../docs/links.md', import.meta.url), 'utf8')
const settings = { maxAge: HOUR, paths: [] }
const transports: Transport[] = ['sql', 'graphql', 'eventkit', 'eventkit-late-jobs']
const { signal } = new AbortController()

type Scan = (more?: Partial<ScanOptions>, keeping?: Partial<Keeping>) => Promise<Tally>

/** Scans a database, and keeps what is found. */
async function scanner(t: TestContext, url: string, examiner: Examiner = examinerOf(settings)): Promise<Scan> {
  const { writer, lease } = await linkWriter(t, url)
  return (more = {}, keeping = {}) =>
    scanLinks(
      { writer, examiner, window: { from: null, to: null }, signal, ...more },
      { lease, name: 'scan', ...keeping },
    )
}

for (const seed of seeds) {
  test(`seed ${seed}: every recoverable link is found on each transport, and no false one but stale tokens inside the age`, async (t) => {
    const { url, pool } = await database(t)
    const now = Date.now()
    const forest = writersForest({ seed, deliveries: 140, transports, now })
    await insertWriters(pool, forest)
    const scan = await scanner(t, url)
    const tally = await scan()
    const kept = await stateOf(pool)
    assert.deepEqual(kept, expectedLinks(forest, HOUR, now))
    assert.equal(tally.examined, forest.rows.invocations.length)
    const states = [...kept.values()].map((each) => each.split(' ')[0])
    const count = (state: string): number => states.filter((each) => each === state).length
    for (const state of ['recovered', 'ambiguous', 'severed', 'pending'] as const)
      assert.equal(tally.counts[state], count(state), state)
    const wrong = [...kept].filter(
      ([id, each]) => each.startsWith('recovered') && forest.truth.invocations.get(id)?.link === 'root',
    )
    const precision = 1 - wrong.length / count('recovered')
    t.diagnostic(
      `precision ${precision.toFixed(3)}: ${count('recovered')} links were recovered, ${wrong.length} of them from a stale token inside LINK_MAX_AGE`,
    )
    if (seed === 1)
      assert.ok(
        page.includes(
          `of ${count('recovered')} recovered links ${wrong.length} were such false ones (precision ${precision.toFixed(3)})`,
        ),
        'docs/links.md tells this',
      )
    assert.ok(wrong.length > 0, 'the generator writes stale tokens, which nothing in the rows tells from true ones')
    assert.deepEqual(await circles(pool), [])
    assert.equal((await scan()).written, 0, 'what is as it was is not written again')
    assert.deepEqual(await stateOf(pool), kept)
  })
}

test('links that close a circle are not kept: within a batch, over batches, over recorded links, or with a job of its own', async (t) => {
  const { url, pool } = await database(t)
  const ids: string[] = []
  const jobs: string[] = []
  for (let at = 0; at < 6; at += 1) {
    const id = await addInvocation(pool, { created_at: '2026-01-01T00:00:00Z' })
    ids.push(id)
    jobs.push(await addJob(pool, id, { created_at: '2026-01-01T00:00:00Z' }))
  }
  const names = (at: number, job: number): Promise<unknown> =>
    pool.query(
      `update invocations set source_event_payload = jsonb_build_object('__sourceJobId', $2::text) where id = $1`,
      [ids[at], jobs[job]],
    )
  // 0 → 1 → 2 → 0 in payloads alone; 3 → 4 is recorded, 4 → 3 is named; 5 names its own job.
  for (const [at, job] of [
    [0, 1],
    [1, 2],
    [2, 0],
    [4, 3],
    [5, 5],
  ] as const)
    await names(at, job)
  await pool.query('update invocations set source_job_id = $2 where id = $1', [ids[3], jobs[4]])
  const scan = await scanner(t, url)
  const { counts } = await scan()
  assert.deepEqual(await circles(pool), [])
  assert.equal(counts.recovered, 2, 'all but the one that closes it')
  assert.equal(counts.none, 3)
  await pool.query('truncate public.observability_links')
  assert.equal((await scan({ most: 1 })).counts.recovered, 2, 'one row a batch')
  assert.deepEqual(await circles(pool), [])
})

for (const seed of seeds) {
  test(`seed ${seed}: whatever payloads name, and however it is cut into batches, no kept link closes a circle, and each that is left out would`, async (t) => {
    const { url, pool } = await database(t)
    const scan = await scanner(t, url)
    const random = new Random(seed, 17, 0)
    for (let round = 0; round < 5; round += 1) {
      const named = await tangle(pool, random, 24)
      await scan({ most: random.int(1, 8) })
      assert.deepEqual(await circles(pool), [])
      const kept = await stateOf(pool)
      for (const [id, job] of named) {
        if (kept.has(id)) continue
        await pool.query(
          `insert into observability_links (invocation_id, created_at, job_id, state, rule_version, rule_settings)
           values ($1, now(), $2, 'recovered', 1, '')`,
          [id, job],
        )
        assert.ok((await circles(pool)).includes(id), 'it would have closed one')
        await pool.query('delete from observability_links where invocation_id = $1', [id])
      }
    }
  })
}

/** Replaces all rows: so many invocations of one instant, each with a job. Some record the job of an earlier one, the others name any job, which is given back by their ids. */
async function tangle(pool: pg.Pool, random: Random, count: number): Promise<Map<string, string>> {
  await pool.query('truncate invocations cascade; truncate observability_links, observability_scans')
  const created_at = '2026-01-01T00:00:00Z'
  const ids: string[] = []
  const jobs: string[] = []
  for (let at = 0; at < count; at += 1) {
    ids.push(await addInvocation(pool, { created_at }))
    jobs.push(await addJob(pool, ids[at] ?? '', { created_at, duration_ms: null }))
  }
  const named = new Map<string, string>()
  for (const [at, id] of ids.entries()) {
    if (at > 0 && random.chance(0.3)) {
      await pool.query('update invocations set source_job_id = $2 where id = $1', [id, jobs[random.int(0, at - 1)]])
    } else {
      const job = jobs[random.int(0, count - 1)] ?? ''
      named.set(id, job)
      await pool.query('update invocations set source_event_payload = $2 where id = $1', [
        id,
        JSON.stringify({ __sourceJobId: job }),
      ])
    }
  }
  return named
}
