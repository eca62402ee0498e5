import assert from 'node:assert/strict'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import test, { type TestContext } from 'node:test'
import pg from 'pg'
import { Random } from '../../src/demo/random.ts'
import { openWriter } from '../../src/db/writer.ts'
import { examinerOf } from '../../src/workers/links/examine.ts'
import { scanLinks } from '../../src/workers/links/scan.ts'
import { database } from '../support/database.ts'
import { columnOf } from '../support/links.ts'
import { loader } from '../support/loader.ts'
import { onTeardown } from '../support/teardown.ts'
import { until } from '../support/until.ts'
import { writersForest, type WritersForest } from '../support/writers/forest.ts'
import type { InvocationRow, Rows } from '../support/writers/rows.ts'
import { flushes } from '../support/writers/upserts.ts'

/**
 * On a slow machine the last flush is older than a minute when it comes: then the pass over 15 minutes puts its links back, which begins once a minute, ms.
 * A lease whose holder was killed is taken within 10 s.
 */
const NEXT_PASS = 70_000

/** The rows of a forest, each of its trees as if it had begun 20 s ago: the pass over the last minute sees it while the machine is quiet. */
function lately({ rows }: WritersForest, now: number): Rows {
  const begun = new Map<string | null, number>()
  for (const { correlation_id, created_at } of rows.invocations)
    begun.set(correlation_id, Math.min(begun.get(correlation_id) ?? Infinity, Date.parse(created_at)))
  const moved = <R extends { correlation_id: string | null; created_at: string; updated_at: string }>(row: R): R => {
    const by = now - 20_000 - (begun.get(row.correlation_id) ?? now)
    const at = (instant: string) => new Date(Date.parse(instant) + by).toISOString()
    const time = 'source_event_time' in row ? { source_event_time: at(String(row.source_event_time)) } : {}
    return { ...row, created_at: at(row.created_at), updated_at: at(row.updated_at), ...time }
  }
  return { invocations: rows.invocations.map(moved), events: rows.events.map(moved), jobs: rows.jobs.map(moved) }
}

/** So many calls at a time, with their events and jobs. */
function* flushed({ invocations, events, jobs }: Rows, calls: number): Generator<Rows> {
  for (let from = 0; from < invocations.length; from += calls) {
    const some = invocations.slice(from, from + calls)
    const ids = new Set(some.map(({ id }) => id))
    yield {
      invocations: some,
      events: events.filter(({ invocation_id }) => ids.has(invocation_id)),
      jobs: jobs.filter(({ invocation_id }) => ids.has(invocation_id)),
    }
  }
}

function startWorker(t: TestContext, url: string): ChildProcess {
  const child = spawn(process.execPath, ['--import', loader, join(import.meta.dirname, 'worker-process.ts'), url], {
    stdio: 'inherit',
  })
  onTeardown(t, async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'close')
  })
  return child
}

/** A link that the foreign key refuses is dropped, as writers do. */
async function flush(client: pg.Client, rows: Rows, unlinked: boolean): Promise<void> {
  const bare = (row: InvocationRow): InvocationRow => ({ ...row, source_job_id: null })
  const sent = unlinked ? { ...rows, invocations: rows.invocations.map(bare) } : rows
  await flushes.graphql(client, sent).catch((error: unknown) => {
    if ((error as { code?: string }).code !== '23503' || unlinked) throw error
    return flush(client, rows, true)
  })
}

test('two workers, of which one is killed now and then, beside writers that reset links and a retention job: every recoverable link ends mended', async (t) => {
  const { url, pool } = await database(t)
  const now = Date.now()
  const forest = writersForest({ seed: 5, deliveries: 200, transports: ['sql', 'graphql'], now })
  const random = new Random(5, 0, 0)
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  onTeardown(t, () => client.end())
  let killed = startWorker(t, url)
  startWorker(t, url)
  const deleted: string[] = []
  const rows = lately(forest, now)
  let flushNo = 0
  for (const some of flushed(rows, 20)) {
    await flush(client, some, false)
    // Again, with the links reset to NULL: whatever a worker had written in between is gone.
    await flush(client, some, true)
    flushNo += 1
    if (flushNo % 3 === 0) {
      const { rows: gone } = await pool.query<{ id: string }>(
        'delete from public.invocations where id = $1 returning id',
        [some.invocations[random.int(0, some.invocations.length - 1)]?.id],
      )
      deleted.push(...gone.map(({ id }) => id))
    }
    if (flushNo % 5 === 0) {
      killed.kill('SIGKILL')
      killed = startWorker(t, url)
      await until('a worker has its lease', async () => {
        const held = await pool.query('select 1 from public.observability_leases where expires_at > now()')
        return held.rowCount === 1
      })
    }
  }
  assert.ok(deleted.length > 0)

  const looker = await openWriter({ connection: { connectionString: url }, name: 'test' })
  onTeardown(t, () => looker.end())
  const examiner = examinerOf({ maxAge: 3_600_000, paths: [] }, { mode: 'look' })
  const { signal } = new AbortController()
  const { counts } = await until(
    'all is mended',
    async () => {
      const tally = await scanLinks({ writer: looker, examiner, window: { from: null, to: null }, signal })
      return tally.counts.recovered === 0 ? tally : undefined
    },
    NEXT_PASS,
  )
  t.diagnostic(JSON.stringify(counts))
  const jobs = new Set(
    (await pool.query<{ id: string }>('select id from public.job_executions')).rows.map(({ id }) => id),
  )
  let named = 0
  for (const [id, job] of await columnOf(pool)) {
    const { parentJob, places, stale } = forest.truth.invocations.get(id) ?? assert.fail(id)
    if (job !== null)
      assert.ok(job === parentJob || job === stale?.jobId, 'no link to a job that its payload does not name')
    if (parentJob === null || places.length === 0 || stale !== null || !jobs.has(parentJob)) continue
    assert.equal(job, parentJob, id)
    named += 1
  }
  assert.ok(named > 50, `${named} links`)
})
