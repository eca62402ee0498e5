import assert from 'node:assert/strict'
import test from 'node:test'
import { isFailure, knownStatuses } from '../../src/domain/model/status.ts'
import { hasFailed } from '../../src/queries/outcome.ts'
import { readStatuses } from '../../src/reading/statuses.ts'
import { createReader } from '../../src/db/pool/pool.ts'
import { sql } from '../../src/db/sql.ts'
import { pino } from 'pino'
import { database, type TestDatabase } from '../support/database.ts'
import { addInvocation, addJob } from '../support/rows.ts'
import { service } from '../support/service.ts'
import { onTeardown } from '../support/teardown.ts'
import type { TestContext } from 'node:test'

const at = '2026-11-22T09:00:00.000Z'
const day = 'from=2026-11-22T00:00:00Z&to=2026-11-23T00:00:00Z'
const words = [...new Set(Object.values(knownStatuses).flat()), 'FAILED', 'Failed', 'cancelled', '']

interface Listed {
  data: Array<{ id: string; status: string }>
}

interface Refused {
  errors: Array<{ parameter: string; given: string; allowed: string }>
}

/** A database whose CHECKs allow these words too, and the statuses that the start reads there. */
async function widened(t: TestContext, ofInvocations: string[], ofJobs: string[]) {
  const found = await database(t)
  await widen(found, 'invocations', ofInvocations)
  await widen(found, 'job_executions', ofJobs)
  const db = started(t, found)
  return { found, statuses: await readStatuses(db), db }
}

async function widen({ pool }: TestDatabase, table: string, more: string[]): Promise<void> {
  const list = ['running', 'completed', 'failed', ...more].map((word) => `'${word}'`).join(', ')
  await pool.query(`alter table ${table} drop constraint ${table}_status_check`)
  await pool.query(`alter table ${table} add constraint ${table}_status_check check (status in (${list}))`)
}

function started(t: TestContext, { url }: TestDatabase) {
  const db = createReader()
  const log = pino({ level: 'silent' })
  db.start({ url, size: 1, connectTimeout: 5000, statementTimeout: 30_000, lockTimeout: 30_000, log })
  onTeardown(t, () => db.end())
  return db
}

test('SQL and the domain agree on which statuses are failures', async (t) => {
  const db = started(t, await database(t))
  const rows = await db.query<{ word: string; failed: boolean }>(
    sql`select word, ${hasFailed(sql`word`)} as failed from unnest(${words}::text[]) as word`,
  )
  assert.deepEqual(
    rows,
    words.map((word) => ({ word, failed: isFailure(word) })),
  )
  assert.deepEqual(
    rows.flatMap(({ word, failed }) => (failed ? [word] : [])),
    ['failed', 'timeout', 'timed_out'],
  )
})

test('timeout and timed_out are failures, skipped is none, and the status stays what the writer wrote', async (t) => {
  const { found, statuses } = await widened(t, ['timeout', 'timed_out'], ['timed_out', 'skipped'])
  const { get, pool } = await service(t, { statuses }, found)
  const timedOut = await addInvocation(pool, { created_at: at, status: 'timeout' })
  const late = await addInvocation(pool, { created_at: at })
  await addJob(pool, late, { created_at: at, status: 'timed_out', job_name: 'book-carrier' })
  const lucky = await addInvocation(pool, { created_at: at })
  await addJob(pool, lucky, { created_at: at, status: 'skipped' })

  const figures = async (id: string) => {
    const { tree, summary } = (await get<{ tree: { status: string }; summary: Record<string, number> }>(`/trees/${id}`))
      .json
    return [tree.status, summary['failedInvocations'], summary['failedJobs'], summary['running']]
  }
  assert.deepEqual(await figures(timedOut), ['timeout', 1, 0, 0])
  assert.deepEqual(await figures(late), ['completed', 0, 1, 0])
  assert.deepEqual(await figures(lucky), ['completed', 0, 0, 0])

  const trees = async (status: string) =>
    (await get<{ data: Array<{ root: { id: string } }> }>(`/trees?${day}&status=${status}`)).json.data.map(
      ({ root }) => root.id,
    )
  assert.deepEqual((await trees('failed')).sort(), [timedOut, late].sort())
  assert.deepEqual(await trees('completed'), [lucky])

  const { text } = await get(`/trees/${late}?format=text`)
  assert.match(text, / 1 job, failed: book-carrier /)
  assert.match(text, /; failed: 0 invocations, 1 job; /)
})

test('a filter takes the writers’ words and those that the CHECKs of this database name, and refuses others with the list', async (t) => {
  const { found, statuses } = await widened(t, ['timeout', 'cancelled'], ["won''t run"])
  const { get, pool } = await service(t, { statuses }, found)
  const cancelled = await addInvocation(pool, { created_at: at, status: 'cancelled' })
  await addJob(pool, cancelled, { created_at: at, status: "won't run" })
  const ids = async (path: string) => (await get<Listed>(`${path}&${day}`)).json.data.map(({ id }) => id)
  assert.deepEqual(await ids('/invocations?status=cancelled'), [cancelled])
  assert.equal((await ids(`/jobs?status=won't run`)).length, 1)
  // Known words are taken whether the CHECKs have them or not.
  for (const status of knownStatuses.invocations) assert.equal((await get(`/invocations?status=${status}`)).status, 200)

  const refused = async (path: string) => {
    const { status, json } = await get<Refused>(path)
    assert.equal(status, 400)
    return json.errors
  }
  const more = '; up to 100 values, repeating the parameter'
  const runs = 'one of running, completed, failed, timeout, timed_out, skipped'
  assert.deepEqual(await refused('/invocations?status=failed&status=CANCELLED'), [
    { parameter: 'status', given: 'CANCELLED', allowed: `${runs}, cancelled${more}` },
  ])
  assert.deepEqual(await refused('/chains?jobStatus=cancelled&status=gone'), [
    { parameter: 'jobStatus', given: 'cancelled', allowed: `${runs}, won't run${more}` },
    { parameter: 'status', given: 'gone', allowed: `${runs}, cancelled${more}` },
  ])
})

test('a status that is no word of the writers is answered as it stands', async (t) => {
  const { get, pool } = await service(t)
  await pool.query('alter table invocations drop constraint invocations_status_check')
  const id = await addInvocation(pool, { created_at: at, status: 'Übersprungen' })
  const [listed] = (await get<Listed>(`/invocations?${day}`)).json.data
  assert.deepEqual([listed?.id, listed?.status], [id, 'Übersprungen'])
  assert.equal((await get(`/invocations/${id}`)).json['status'], 'Übersprungen')
  assert.equal((await get<{ tree: { status: string } }>(`/trees/${id}`)).json.tree.status, 'Übersprungen')
})
