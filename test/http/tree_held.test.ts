import assert from 'node:assert/strict'
import test from 'node:test'
import type pg from 'pg'
import { createReader } from '../../src/db/pool/pool.ts'
import type { Reader } from '../../src/db/db.ts'
import { pino } from 'pino'
import { addEvent, addInvocation, addJob, addKeptLink } from '../support/rows.ts'
import { service } from '../support/service.ts'
import { onTeardown } from '../support/teardown.ts'

const HOUR = 3_600_000

/** A tree of 305 invocations on three levels: more than one statement reads. */
async function addLarge(pool: pg.Pool): Promise<{ root: string; job: string; child: string; lost: string }> {
  const root = await addInvocation(pool)
  const job = await addJob(pool, root)
  await pool.query(
    `with child as (
       insert into invocations (source_job_id, source_function, status, source_event_payload)
       select $1, 'f' || n, 'completed', '{}' from generate_series(1, 300) n
       returning id), event as (
       insert into event_executions (invocation_id, event_name) select id, 'e' from child returning id, invocation_id)
     insert into job_executions (invocation_id, event_execution_id, job_name) select invocation_id, id, 'j' from event, generate_series(1, 2)`,
    [job],
  )
  const child = await addInvocation(pool, { source_job_id: job, status: 'running', total_duration_ms: null })
  const deep = await addJob(pool, child)
  await addInvocation(pool, { source_job_id: deep })
  const lost = await addInvocation(pool)
  await addKeptLink(pool, lost, { job_id: deep, state: 'recovered' })
  // Silent for two days, and so stale.
  const [created_at, updated_at] = ['2026-11-20T09:00:00Z', '2026-11-20T09:00:00Z']
  await addInvocation(pool, { source_job_id: deep, status: 'running', total_duration_ms: null, created_at, updated_at })
  return { root, job, child, lost }
}

test('an unchanged large tree is told without its rows, and every change of it is told with them', async (t) => {
  const given = createReader()
  let rowsRead = 0
  const db: Reader = {
    ...given,
    query: (statement, signal) => given.query(statement, signal),
    snapshot: (work, signal) =>
      given.snapshot((snapshot) => {
        const query: typeof snapshot.query = (statement) => {
          if (/\bas packed\b/.test(statement.text)) rowsRead += 1
          return snapshot.query(statement)
        }
        return work({ ...snapshot, query })
      }, signal),
  }
  const { app, pool, url } = await service(t, { db })
  const settings = { connectTimeout: 5000, statementTimeout: HOUR, lockTimeout: HOUR, log: pino({ level: 'silent' }) }
  given.start({ url, size: 2, ...settings })
  onTeardown(t, () => given.end())
  const { root, job, child, lost } = await addLarge(pool)
  const paths = ['', '?shape=flat', '?fields=id', '?only=failed', '?format=text', '?from=root&maxNodes=305'].map(
    (query) => `/trees/${root}${query}`,
  )
  const ask = (path: string, tag: unknown) => app.inject({ url: path, headers: { 'if-none-match': String(tag) } })

  const changes: Array<[what: string, change: () => Promise<unknown>]> = [
    ['an invocation', () => pool.query("update invocations set status = 'failed' where source_function = 'f7'")],
    ['its job', () => pool.query('update job_executions set duration_ms = 5 where id = $1', [job])],
    ['a late job', () => addJob(pool, child)],
    ['a crash', () => addEvent(pool, child, { status: 'handler_failed', handler_error: 'x' })],
    ['a link', () => pool.query("update observability_links set state = 'ambiguous' where invocation_id = $1", [lost])],
    ['a delete', () => pool.query("delete from invocations where source_function = 'f9'")],
  ]
  for (const [what, change] of changes) {
    const tags = await Promise.all(paths.map(async (path) => (await app.inject(path)).headers['etag']))
    rowsRead = 0
    for (const [nth, path] of paths.entries()) {
      const again = await ask(path, tags[nth])
      assert.deepEqual(
        [again.statusCode, again.body, again.headers['etag']],
        [304, '', tags[nth]],
        `${path} before ${what}`,
      )
    }
    assert.equal(rowsRead, 0, what)
    await change()
    for (const [nth, path] of paths.entries()) {
      const other = await ask(path, tags[nth])
      assert.ok(rowsRead > nth, `${path} after ${what}`)
      assert.equal(other.statusCode, 200, `${path} after ${what}`)
      assert.equal(other.headers['etag'], (await app.inject(path)).headers['etag'], `${path} after ${what}`)
    }
  }
  // A limit was reached, or there are events: the rows are read.
  for (const query of ['maxNodes=250', 'maxDepth=1', 'include=events']) {
    const path = `/trees/${root}?${query}`
    const { etag } = (await app.inject(path)).headers
    assert.equal((await ask(path, etag)).statusCode, 304, query)
    await pool.query('update job_executions set duration_ms = duration_ms + 1 where id = $1', [job])
    assert.equal((await ask(path, etag)).statusCode, 200, query)
  }
})
