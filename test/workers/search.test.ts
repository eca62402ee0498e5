import assert from 'node:assert/strict'
import test from 'node:test'
import type pg from 'pg'
import { recordPathsOf } from '../../src/domain/search/record-path.ts'
import { addInvocation } from '../support/rows.ts'
import { indexAll, indexWorker } from '../support/search-index.ts'
import { openWriter } from '../../src/db/writer.ts'
import { LINKS, takeLease } from '../../src/workers/lease.ts'
import { searchTask } from '../../src/workers/search/task.ts'
import { database } from '../support/database.ts'
import { memoryLog } from '../support/log.ts'
import { onTeardown } from '../support/teardown.ts'
import { until } from '../support/until.ts'

const settings = { recordPaths: recordPathsOf('event.data.new.id') ?? [] }
const at = (minutesAgo: number): string => new Date(Date.now() - minutesAgo * 60_000).toISOString()
const payload = (id: number): string => JSON.stringify({ event: { data: { new: { id } } } })

/** The ids of records that are indexed. */
async function indexed(pool: pg.Pool): Promise<string[]> {
  const { rows } = await pool.query<{ value: string }>('select value from observability_search order by value')
  return rows.map(({ value }) => value)
}

test('the worker indexes old rows, new ones and late ones, follows changed payloads, and removes what was deleted', async (t) => {
  const { pool, url } = await database(t)
  const old = await addInvocation(pool, { created_at: at(60 * 24 * 300), source_event_payload: payload(1) })
  const changing = await addInvocation(pool, { created_at: at(5), source_event_payload: payload(2) })
  await addInvocation(pool, { created_at: at(60 * 24 * 500), source_event_payload: payload(3) })
  const worker = indexWorker(t, url, settings)
  await until('all is indexed', () => worker.text().includes('of the last 400 days are indexed'))
  assert.deepEqual(await indexed(pool), ['1', '2'])
  await addInvocation(pool, { created_at: at(57 / 60), source_event_payload: payload(4) })
  await until('a new row is indexed when it is a minute old', async () => (await indexed(pool)).includes('4'))
  await pool.query('delete from invocations where id = $1', [old])
  await until('the row of a deleted invocation is gone', async () => !(await indexed(pool)).includes('1'))
  await pool.query('update invocations set source_event_payload = $2 where id = $1', [changing, payload(5)])
  assert.match(worker.state('search')?.detail ?? '', /^New rows were indexed [\d.]+ s ago$/)
  await worker.stop()
  // A worker that starts looks through the last day.
  await addInvocation(pool, { created_at: at(10), source_event_payload: payload(6) })
  indexWorker(t, url, settings)
  await until('a late row and a change are indexed', async () => (await indexed(pool)).join() === '4,5,6')
})

test('a batch that ends between rows of one instant leaves none of them out', async (t) => {
  const { pool, url } = await database(t)
  await pool.query(
    `insert into invocations (source_function, source_event_payload, created_at)
     select 'f', json_build_object('event', json_build_object('data', json_build_object('new', json_build_object('id', n)))), now() - interval '1 hour' * (n % 2 + 1)
       from generate_series(1, 3000) n`,
  )
  assert.equal(await indexAll(url, settings), 3000)
  assert.equal(new Set(await indexed(pool)).size, 3000)
})

test('other settings make the index again, and nothing that was made by the old ones stays', async (t) => {
  const { pool, url } = await database(t)
  await addInvocation(pool, {
    created_at: at(100),
    source_event_payload: JSON.stringify({ event: { data: { new: { id: 'a', no: 'b' } } } }),
  })
  await indexAll(url, settings)
  assert.deepEqual(await indexed(pool), ['a'])
  const worker = indexWorker(t, url, { recordPaths: recordPathsOf('event.data.new.no') ?? [] })
  await until('the new path alone is indexed', async () => (await indexed(pool)).join() === 'b')
  assert.match(worker.text(), /there is no index by these settings/)
})

test('a tick ends after its time, whatever is left of new rows and late ones, so that the other tasks have their turn', async (t) => {
  const { pool, url } = await database(t)
  await indexAll(url, settings)
  await pool.query(
    `insert into invocations (source_function, source_event_payload, created_at)
     select 'f', json_build_object('event', json_build_object('data', json_build_object('new', json_build_object('id', n)))), now() - interval '1 hour'
       from generate_series(1, 12000) n`,
  )
  const writer = await openWriter({ connection: { connectionString: url }, name: 'search' })
  onTeardown(t, () => writer.end())
  const lease = await takeLease(writer, LINKS, 'test')
  assert.ok(lease)
  const { log } = memoryLog()
  // The first batch holds 200 and each further one 2,000 at most. The time is enough for 4 of new rows, or for 2 of late ones.
  for (const [to, step, most, done] of [
    ['2 hours', 100, 6200, false],
    ['10 minutes', 30, 2200, true],
  ] as const) {
    await pool.query('delete from observability_search')
    await pool.query(
      `update observability_search_reach set from_at = now() - interval '401 days', to_at = now() - $1::interval`,
      [to],
    )
    let now = 0
    const task = searchTask(settings, log, new AbortController().signal, () => (now += step))
    assert.equal(await task.tick(writer, lease), done, 'if new rows are left there is no pause')
    const { length } = await indexed(pool)
    assert.ok(length > 0 && length <= most, `${length} were indexed`)
  }
})
