import assert from 'node:assert/strict'
import test from 'node:test'
import type { Reader } from '../../src/db/db.ts'
import { createReader } from '../../src/db/pool/pool.ts'
import { sql } from '../../src/db/sql.ts'
import { createLinkReader } from '../../src/reading/links/link.ts'
import { knownTree } from '../../src/reading/tree/unless-held.ts'
import { largeTree, smallTree } from '../../src/reading/tree/whole.ts'
import { pino } from 'pino'
import { addExample } from '../support/endpoints.ts'
import { forest, insertForest } from '../support/forest.ts'
import { addInvocation, addJob } from '../support/rows.ts'
import { service } from '../support/service.ts'
import { onTeardown } from '../support/teardown.ts'

const HOUR = 3_600_000

/** The database at this address for whoever reads. */
function readerOf(t: Parameters<typeof onTeardown>[0], url: string) {
  const db = createReader()
  db.start({
    url,
    size: 2,
    connectTimeout: 5000,
    statementTimeout: HOUR,
    lockTimeout: HOUR,
    log: pino({ level: 'silent' }),
  })
  onTeardown(t, () => db.end())
  return db
}

test('a small tree is one statement and no transaction, in every form', async (t) => {
  const asked: string[] = []
  const given = createReader()
  const db: Reader = {
    ...given,
    query(statement, signal) {
      asked.push('statement')
      return given.query(statement, signal)
    },
    open(options) {
      asked.push('transaction')
      return given.open(options)
    },
    snapshot(work, signal) {
      asked.push('transaction')
      return given.snapshot(work, signal)
    },
  }
  const { get, pool, url } = await service(t, { db })
  given.start({
    url,
    size: 1,
    connectTimeout: 5000,
    statementTimeout: HOUR,
    lockTimeout: HOUR,
    log: pino({ level: 'silent' }),
  })
  onTeardown(t, () => given.end())
  const { root, child, job } = await addExample(pool)
  // Whether payloads may be read is asked once.
  await get(`/trees/${root}`)
  const answers = [
    `/trees/${root}`,
    `/trees/${root}?shape=flat&include=events`,
    `/trees/${root}?format=text`,
    `/trees/${root}?format=ndjson`,
    `/trees/${root}/nodes`,
    `/trees/${root}?maxNodes=1`,
    `/trees/${root}?maxDepth=0&format=ndjson`,
    `/trees/${child}?from=root`,
    `/trees/${job}`,
  ]
  for (const path of answers) {
    asked.length = 0
    const { status, headers, text } = await get(path)
    assert.deepEqual([status, asked], [200, ['statement']], path)
    if (!path.includes('text')) assert.equal(headers['content-length'], String(Buffer.byteLength(text)), path)
  }
  // More than one statement reads.
  const wide = await addInvocation(pool)
  await pool.query(
    `
    insert into invocations (created_at, source_function, source_event_payload, source_job_id, status)
    select now(), 'wide', '{}', $1, 'completed' from generate_series(1, 500)`,
    [await addJob(pool, wide)],
  )
  asked.length = 0
  assert.equal((await get(`/trees/${wide}`)).status, 200)
  assert.deepEqual(asked, ['statement', 'transaction'])
})

test('the rows of a large tree are looked up by index, also if one job triggered nearly all that there is', async (t) => {
  const { pool, url } = await service(t)
  const root = await addInvocation(pool)
  const job = await addJob(pool, root)
  await pool.query(
    `insert into public.invocations (created_at, source_function, source_event_payload, source_job_id, status)
     select now(), 'triggered', '{}', $1, 'completed' from generate_series(1, 600)`,
    [job],
  )
  for (const { id } of (
    await pool.query<{ id: string }>('select id from public.invocations where id <> $1', [root])
  ).rows.slice(0, 20))
    await addJob(pool, id)
  // From now on Postgres takes any job for one that triggered 600.
  await pool.query('analyze')
  const linkReader = createLinkReader({ maxAge: HOUR, paths: [] })
  const reading = { linkReader, rules: { staleAfter: 900_000, linkWay: 'column' as const } }
  const reach = { maxDepth: 60, maxNodes: 10_000, maxJobs: 1000, events: false }
  const scans = await readerOf(t, url).snapshot(async (snapshot) => {
    const tree = await largeTree(snapshot, reading, { id: root, fromRoot: false, reach, messages: 'whole' })
    assert.equal(tree?.nodes.length, 601)
    return snapshot.query(sql`
select relname, seq_scan from pg_stat_xact_user_tables where seq_scan > 0`)
  })
  assert.deepEqual(scans, [])
})

test('one statement and a snapshot read the same tree: whole and cut, from everywhere, with events', async (t) => {
  const { pool, url } = await service(t)
  const rows = forest(3, 110, Date.parse('2026-11-22T09:00:00Z'))
  await insertForest(pool, rows)
  const db = readerOf(t, url)
  const linkReader = createLinkReader({ maxAge: HOUR, paths: [] })
  const reaches = [
    { maxDepth: 60, maxNodes: 10_000, maxJobs: 1000, events: true },
    { maxDepth: 60, maxNodes: 10_000, maxJobs: 2, events: true },
    ...[1, 2, 3, 5, 8, 200].map((maxNodes) => ({ maxDepth: 60, maxNodes, maxJobs: 1000, events: false })),
    ...[0, 1, 2].map((maxDepth) => ({ maxDepth, maxNodes: 10_000, maxJobs: 1000, events: false })),
  ]
  let compared = 0
  let larger = 0
  let digested = 0
  for (const linkWay of ['column', 'overlay'] as const) {
    const reading = { linkReader, rules: { staleAfter: 900_000, linkWay } }
    for (const { id } of rows.invocations.filter((_, nth) => nth % 9 === 0)) {
      for (const fromRoot of [false, true]) {
        for (const reach of reaches) {
          const asked = { id, fromRoot, reach, messages: 'whole' } as const
          const small = await smallTree(db, reading, asked)
          const large = await db.snapshot((snapshot) => largeTree(snapshot, reading, asked))
          assert.ok(small && large)
          const known = reach.events ? undefined : await knownTree(db, reading, asked)
          if (known) {
            digested += 1
            const { asOf: _known, ...head } = known.head
            const { asOf: _large, ...place } = large.head
            assert.deepEqual(
              [head, known.state, null],
              [place, large.state, large.found.truncated],
              JSON.stringify(asked),
            )
          }
          if (small === 'larger') {
            larger += 1
            // It has as many jobs as are shown, or ends above on a cycle.
            assert.ok(reach.maxJobs === 2 || !large.head.rootReached, JSON.stringify(asked))
            continue
          }
          compared += 1
          const asOf = ''
          assert.deepEqual(
            { ...small, head: { ...small.head, asOf } },
            { ...large, head: { ...large.head, asOf } },
            JSON.stringify({ ...asked, linkWay }),
          )
        }
      }
    }
  }
  assert.ok(digested > 50, `of ${digested} trees the digest was made`)
  assert.ok(compared > larger, `${compared} were compared, ${larger} were not`)
})
