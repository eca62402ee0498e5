import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import type pg from 'pg'
import { Random } from '../../src/demo/random.ts'
import type { Tally } from '../../src/domain/link/tally.ts'
import { database } from '../support/database.ts'
import { seeds } from '../support/forest.ts'
import { loader } from '../support/loader.ts'
import { until } from '../support/until.ts'
import { circles, expectedLinks, stateOf } from '../support/writers/found.ts'
import { writersForest } from '../support/writers/forest.ts'
import { insertWriters } from '../support/writers/insert.ts'

const program = fileURLToPath(new URL('scan-process.ts', import.meta.url))

/** Runs the scan, and kills it once it has examined so many, and a moment later; resolves to how far it said it had come. */
async function killedAfter(url: string, examined: number, momentMs: number): Promise<number> {
  const child = spawn(process.execPath, ['--import', loader, program, url], { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(child, 'close')
  let last = 0
  for await (const line of createInterface(child.stdout)) {
    last = Number(line)
    if (last >= examined) setTimeout(() => child.kill('SIGKILL'), momentMs)
  }
  await ended
  return last
}

/** The row of the scan, once the session of a killed process is gone, and its lease has run out. */
async function scanAfterDeath(pool: pg.Pool): Promise<{ counts: Tally; finished: boolean }> {
  await until('the session of the killed process is gone', async () => {
    const { rowCount } = await pool.query(`select pg_terminate_backend(pid) from pg_stat_activity
      where application_name like '% scan' and datname = current_database()`)
    return rowCount === 0
  })
  await pool.query(`update public.observability_leases set expires_at = '-infinity'`)
  const { rows } = await pool.query<{ counts: Tally; finished: boolean }>(
    `select counts, finished_at is not null as finished from public.observability_scans`,
  )
  return rows[0] ?? assert.fail('there is no scan')
}

const [seed = 1] = seeds

test(`seed ${seed}: a scan that is killed at random points goes on where it was: nothing twice, nothing lost`, async (t) => {
  const { url, pool } = await database(t)
  const now = Date.now()
  const forest = writersForest({ seed, deliveries: 70, transports: ['sql', 'eventkit-late-jobs'], now })
  await insertWriters(pool, forest)
  const random = new Random(seed, 13, 0)
  const all = forest.rows.invocations.length
  let killed = 0
  for (let scan = { counts: { examined: 0 }, finished: false }; !scan.finished;) {
    const said = await killedAfter(url, scan.counts.examined + random.int(7, Math.ceil(all / 4)), random.int(0, 8))
    const then = await scanAfterDeath(pool)
    assert.ok(then.counts.examined >= said, 'what was said to be examined is on record')
    if (!then.finished) killed += 1
    scan = then
  }
  assert.ok(killed >= 2, `it was killed ${killed} times`)
  const { counts } = await scanAfterDeath(pool)
  const kept = await stateOf(pool)
  assert.deepEqual(kept, expectedLinks(forest, 3_600_000, now))
  assert.equal(counts.examined, all, 'each invocation is counted once')
  assert.equal(counts.written, kept.size, 'each finding is written once')
  assert.equal(
    Object.values(counts.counts).reduce((sum, each) => sum + each, 0),
    all,
  )
  assert.deepEqual(await circles(pool), [])
})
