import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import type pg from 'pg'
import { liveDemo, type LiveOptions } from '../../src/demo/live.ts'
import { loadDemo } from '../../src/demo/load.ts'
import { database } from '../support/database.ts'
import { patience } from '../support/patience.ts'
import { onTeardown } from '../support/teardown.ts'
import { until } from '../support/until.ts'

async function ids(pool: pg.Pool, where: string): Promise<string[]> {
  const { rows } = await pool.query<{ id: string }>(`select id from invocations where ${where}`)
  return rows.map(({ id }) => id)
}

/** A live demo that ends with the test; `stop` ends it earlier, `shows` waits for what it should do. */
function live(t: TestContext, url: string, options: Partial<LiveOptions> = {}) {
  const abort = new AbortController()
  const lines: string[] = []
  const done = liveDemo(url, {
    seed: 7,
    perMinute: 600,
    signal: abort.signal,
    log: (line) => lines.push(line),
    ...options,
  })
  const endsEarly = done.then(() => Promise.reject(new Error('The live demo ended by itself')))
  endsEarly.catch(() => {}) // awaited by shows, as long as there is something to wait for
  const shows = <T>(what: string, condition: () => Promise<T>) =>
    Promise.race([until(what, condition, 60_000), endsEarly])
  const stop = async (): Promise<void> => {
    abort.abort()
    await done
  }
  onTeardown(t, stop)
  return { stop, shows, lines }
}

test('rows appear running and get finished, with links between them, until it is stopped', async (t) => {
  const { url, pool } = await database(t)
  const { stop, shows, lines } = live(t, url)
  const running = await shows('some are running', async () => {
    const found = await ids(pool, `status = 'running' and total_duration_ms is null`)
    return found.length > 2 ? found : null
  })
  await shows(
    'one of these is finished',
    async () =>
      (await ids(pool, `status <> 'running' and total_duration_ms > 0 and id in ('${running.join(`','`)}')`))[0],
  )
  await shows('links', async () => (await ids(pool, 'source_job_id is not null'))[2])
  await stop()
  const all = await ids(pool, 'true')
  assert.ok(all.length > 10)
  assert.match(lines.at(-1) ?? '', /^Stopped after \d+ chains/)
  assert.equal(
    (await ids(pool, `updated_at < created_at - interval '1 second' or created_at > now() + interval '1 second'`))
      .length,
    0,
  )
})

test('it goes on beside loaded demo data of the same seed, and refuses foreign rows unless forced', async (t) => {
  const { url, pool } = await database(t)
  await loadDemo(url, { invocations: 50, seed: 7, thin: true })
  const { stop, shows } = live(t, url)
  await shows('more rows', async () => (await ids(pool, 'true')).length > 55)
  await stop()

  await pool.query(`insert into invocations (source_function, source_event_payload) values ('theirs', '{}')`)
  const options = { seed: 7, perMinute: 600, signal: AbortSignal.timeout(patience(60_000)), log: () => {} }
  await assert.rejects(liveDemo(url, options), {
    name: 'DemoRefused',
    message: /holds 1 invocation that the demo did not make/,
  })
  const before = (await ids(pool, 'true')).length
  const { shows: forced } = live(t, url, { force: true })
  await forced('more rows', async () => (await ids(pool, 'true')).length > before)
})

test('it outlives a lost connection and deleted rows', async (t) => {
  const { url, pool } = await database(t)
  const { stop, shows, lines } = live(t, url)
  await shows('links', async () => (await ids(pool, 'source_job_id is not null'))[0])
  await pool.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name like '%demo'`,
  )
  await pool.query('truncate invocations cascade')
  await shows('links again', async () => (await ids(pool, 'source_job_id is not null'))[5])
  await stop()
  assert.match(lines.at(-1) ?? '', /^Stopped/)
})

test('a rate out of range and a database without migrations are refused', async (t) => {
  const { url } = await database(t, { migrated: false })
  const options = { seed: 7, perMinute: 60, signal: AbortSignal.timeout(patience(60_000)), log: () => {} }
  await assert.rejects(
    liveDemo(url, { ...options, perMinute: 601 }),
    /perMinute is 601; allowed is a whole number from 1 to 600/,
  )
  await assert.rejects(liveDemo(url, options), { name: 'DemoRefused', message: /npm run migrate -- up/ })
})
