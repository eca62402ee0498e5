import assert from 'node:assert/strict'
import test, { type TestContext } from 'node:test'
import type pg from 'pg'
import { addInvocation, addJob } from '../support/rows.ts'
import { service } from '../support/service.ts'
import { onTeardown } from '../support/teardown.ts'
import { until } from '../support/until.ts'

const SERVICE = 'event-detector-observability'

/** What the service's backends run right now. */
async function running(pool: pg.Pool): Promise<string[]> {
  const { rows } = await pool.query<{ query: string }>(`select query from pg_stat_activity where application_name = '${SERVICE}' and datname = current_database() and state = 'active'`)
  return rows.map(({ query }) => query)
}

/** Holds every reader of a table until it is let go: a query that would run for ever. */
async function block(t: TestContext, pool: pg.Pool, table: string): Promise<() => Promise<void>> {
  const client = await pool.connect()
  await client.query(`begin; lock table ${table} in access exclusive mode`)
  let held = true
  const letGo = async (): Promise<void> => {
    if (held) client.release(true)
    held = false
  }
  onTeardown(t, letGo)
  return letGo
}

for (const path of ['/trees/ID', '/trees/ID?format=ndjson', '/trees', '/chains', '/jobs', '/invocations?status=failed', '/invocations/ID', '/jobs/JOB']) {
  test(`a client that goes away from ${path} stops its query on the server, and the connection serves on`, async (t) => {
    const { listen, pool } = await service(t)
    const id = await addInvocation(pool)
    const job = await addJob(pool, id)
    const base = await listen()
    const letGo = await block(t, pool, 'job_executions, invocations')
    const leaving = new AbortController()
    const request = fetch(base + path.replace('ID', id).replace('JOB', job), { signal: leaving.signal })
    await until('the query runs', async () => (await running(pool)).length > 0)
    leaving.abort()
    await assert.rejects(request)
    await until('the query is gone', async () => (await running(pool)).length === 0)
    await letGo()
    const { status } = await fetch(`${base}/trees/${id}`)
    assert.equal(status, 200)
  })
}
