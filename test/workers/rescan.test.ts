import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test, type TestContext } from 'node:test'
import type pg from 'pg'
import type { Tally } from '../../src/domain/link/tally.ts'
import { examinerOf } from '../../src/workers/links/examine.ts'
import { scanLinks } from '../../src/workers/links/scan.ts'
import { database } from '../support/database.ts'
import { linkWriter } from '../support/links.ts'
import { addInvocation, addJob } from '../support/rows.ts'
import { stateOf } from '../support/writers/found.ts'

const HOUR = 3_600_000

interface Ground {
  pool: pg.Pool
  scan: (links?: Parameters<typeof examinerOf>[0], more?: Parameters<typeof examinerOf>[1]) => Promise<Tally>
}

async function ground(t: TestContext): Promise<Ground> {
  const { url, pool } = await database(t)
  const { writer, lease } = await linkWriter(t, url)
  const { signal } = new AbortController()
  return {
    pool,
    scan: (links = { maxAge: HOUR, paths: [] }, more = {}) =>
      scanLinks(
        { writer, examiner: examinerOf(links, more), window: { from: null, to: null }, signal },
        { lease, name: 'scan' },
      ),
  }
}

/** An invocation whose payload names a job. */
async function naming(pool: pg.Pool, jobId: string, given: Record<string, unknown> = {}): Promise<string> {
  return addInvocation(pool, { source_event_payload: JSON.stringify({ __sourceJobId: jobId }), ...given })
}

test('a job that arrives late, and one that is deleted, change what is kept; a scan of what did not change writes nothing', async (t) => {
  const { pool, scan } = await ground(t)
  const [late, gone] = [randomUUID(), await addJob(pool, await addInvocation(pool))]
  const young = await naming(pool, late)
  const old = await naming(pool, late, { created_at: '2026-01-01T00:00:00Z' })
  const orphan = await naming(pool, gone)
  assert.equal((await scan()).written, 3)
  assert.deepEqual(
    await stateOf(pool),
    new Map([
      [old, `severed ${late}`],
      [young, `pending ${late}`],
      [orphan, `recovered ${gone}`],
    ]),
  )
  assert.equal((await scan()).written, 0)
  await addJob(pool, await addInvocation(pool), { id: late, created_at: '2025-12-31T23:59:59Z', duration_ms: null })
  await pool.query('delete from job_executions where id = $1', [gone])
  const { written, counts } = await scan()
  assert.equal(written, 3)
  assert.deepEqual(
    await stateOf(pool),
    new Map([
      [old, `recovered ${late}`],
      [young, `recovered ${late}`],
      [orphan, `pending ${gone}`],
    ]),
  )
  assert.deepEqual([counts.recovered, counts.pending, counts.severed], [2, 1, 0])
})

test('another LINK_MAX_AGE and other LINK_PATHS decide anew, and begin an unfinished scan from its start', async (t) => {
  const { pool, scan } = await ground(t)
  const job = await addJob(pool, await addInvocation(pool), { created_at: '2026-01-01T00:00:00Z' })
  const stale = await naming(pool, job, { created_at: '2026-01-01T02:00:00Z' })
  const other = await addInvocation(pool, {
    source_event_payload: JSON.stringify({ meta: { job } }),
    created_at: '2026-01-01T00:30:00Z',
  })
  await scan()
  assert.deepEqual(await stateOf(pool), new Map([[stale, `ambiguous ${job}`]]))
  const stopped = `update observability_scans
    set finished_at = null, position_created_at = 'infinity', position_id = $1, counts = jsonb_set(counts, '{examined}', '100')`
  await pool.query(stopped, [job])
  assert.equal((await scan()).examined, 100, 'by the same rule it goes on, here at the end of time')
  await pool.query(stopped, [job])
  const { examined, written } = await scan({ maxAge: 3 * HOUR, paths: [['meta', 'job']] })
  assert.deepEqual([examined, written], [3, 2])
  assert.deepEqual(
    await stateOf(pool),
    new Map([
      [other, `recovered ${job}`],
      [stale, `recovered ${job}`],
    ]),
  )
  await scan()
  assert.deepEqual(
    await stateOf(pool),
    new Map([[stale, `ambiguous ${job}`]]),
    'what no path names any more is not kept',
  )
})

test('what a person took back stays so until it is asked for again; what the writer reset counts again', async (t) => {
  const { pool, scan } = await ground(t)
  const job = await addJob(pool, await addInvocation(pool))
  const [undone, reset, held, recorded] = [
    await naming(pool, job),
    await naming(pool, job),
    await naming(pool, job, { source_job_id: job }),
    await naming(pool, job, { source_job_id: job }),
  ]
  const keep = (id: string, state: string): Promise<unknown> =>
    pool.query(
      `insert into observability_links (invocation_id, created_at, job_id, state, rule_version, rule_settings, updated_before, updated_after)
       select id, created_at, $2, $3, 1, '', '2026-01-01T00:00:00Z', updated_at from invocations where id = $1`,
      [id, job, state],
    )
  await keep(undone, 'undone')
  await keep(reset, 'mended')
  await keep(held, 'mended')
  const { counts, samples } = await scan()
  assert.deepEqual(
    [counts.undone, counts.recovered, counts.mended, counts.recorded, counts.none],
    [1, 1, 1, 1, 1],
    recorded,
  )
  assert.deepEqual([samples.undone, samples.recovered, samples.mended], [[undone], [reset], [held]])
  const kept = await stateOf(pool)
  assert.deepEqual(
    [kept.get(undone), kept.get(reset), kept.get(held)],
    [`undone ${job}`, `recovered ${job}`, `mended ${job}`],
  )
  await scan(undefined, { again: true })
  assert.equal((await stateOf(pool)).get(undone), `recovered ${job}`)
  await pool.query(`update invocations set source_event_payload = '{}' where id = $1`, [undone])
  await scan(undefined, { again: true })
  assert.equal((await stateOf(pool)).get(undone), `undone ${job}`, 'when we wrote to its column is not forgotten')
  const { rows } = await pool.query(
    `select updated_before::text as at from observability_links where invocation_id = any($1)`,
    [[undone, reset, held]],
  )
  assert.deepEqual(
    rows,
    Array.from({ length: 3 }, () => ({ at: '2026-01-01 00:00:00+00' })),
  )
})

test('rows without an end in time, and payloads that cannot be read, are examined once each', async (t) => {
  const { pool, scan } = await ground(t)
  await pool.query('alter table invocations alter source_event_payload type json')
  const job = await addJob(pool, await addInvocation(pool), { created_at: '-infinity', duration_ms: null })
  for (const created_at of ['infinity', '-infinity', '0044-03-15 00:00:00+00 BC', '9999-12-31T23:59:59Z'])
    await naming(pool, job, { created_at })
  const unread = await addInvocation(pool, { source_event_payload: String.raw`{"a": "\u0000"}` })
  const { examined, counts, samples } = await scan()
  assert.deepEqual([examined, counts.recovered, counts.unknown, counts.none], [6, 4, 1, 1])
  assert.deepEqual(samples.unknown, [unread])
  assert.equal((await scan()).written, 0)
})
