import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import test, { type TestContext } from 'node:test'
import type pg from 'pg'
import { openWriter } from '../../src/db/writer.ts'
import { createLinkCounts } from '../../src/reading/links/counts.ts'
import { leaseHolder } from '../../src/queries/recovery/lease.ts'
import { LINKS } from '../../src/workers/lease.ts'
import { examinerOf } from '../../src/workers/links/examine.ts'
import { inTurn } from '../../src/workers/links/turn.ts'
import { linkTask } from '../../src/workers/links/task.ts'
import { startWorker, type Worker } from '../../src/workers/worker.ts'
import { database } from '../support/database.ts'
import { columnOf, keptLinks } from '../support/links.ts'
import { memoryLog } from '../support/log.ts'
import { addInvocation, addJob } from '../support/rows.ts'
import { onTeardown } from '../support/teardown.ts'
import { until } from '../support/until.ts'

interface Working {
  pool: pg.Pool
  url: string
  worker: Worker
  messages: () => string[]
}

const links = { maxAge: 3_600_000, paths: [] }

async function working(t: TestContext, { mend = false } = {}): Promise<Working> {
  const { url, pool } = await database(t)
  const { log, lines } = memoryLog()
  const worker = startWorker({
    connection: { connectionString: url },
    tasks: (signal) => [linkTask({ examiner: examinerOf(links), mend, log }, signal)],
    log,
    refuseToWrite: async () => undefined,
  })
  onTeardown(t, () => worker.stop())
  return { pool, url, worker, messages: () => lines().map(({ msg }) => msg) }
}

const ago = (ms: number) => new Date(Date.now() - ms).toISOString()

/** An invocation whose payload names this job. */
function named(pool: pg.Pool, job: string, given: object = {}): Promise<string> {
  return addInvocation(pool, { source_event_payload: JSON.stringify({ __sourceJobId: job }), ...given })
}

async function stateOf(pool: pg.Pool, id: string): Promise<string | undefined> {
  return (await keptLinks(pool)).find(({ invocation_id }) => invocation_id === id)?.state
}

test('the worker recovers links of rows that arrive, also late, counts them, and removes what it knows of deleted ones', async (t) => {
  const { pool, worker, messages } = await working(t)
  const parent = await addInvocation(pool)
  const job = await addJob(pool, parent)
  const old = await named(pool, job, { created_at: ago(20 * 3_600_000) })
  await until('the day is looked through', () => messages().some((line) => /the last 24 hours/.test(line)))
  const child = await named(pool, job)
  await until('the link is found', async () => (await stateOf(pool, child)) === 'recovered')
  assert.equal((await columnOf(pool)).get(child), null, 'the column stays as it is')
  assert.equal(await stateOf(pool, old), undefined, 'a job that began after the event is not its source')

  const late = randomUUID()
  const early = await named(pool, late)
  await until('its job is awaited', async () => (await stateOf(pool, early)) === 'pending')
  await addJob(pool, parent, { id: late })
  await until('its job has come', async () => (await stateOf(pool, early)) === 'recovered')

  await pool.query('delete from public.invocations where id = $1', [child])
  await until('what is kept of it is removed', async () => (await stateOf(pool, child)) === undefined)
  assert.deepEqual(
    [worker.state('links')?.ok, /^Lost links were looked for [\d.]+ s ago$/.test(worker.state('links')?.detail ?? '')],
    [true, true],
  )
})

test('the counts of the last 24 hours stand with their age where analyses find them', async (t) => {
  const { url, pool } = await database(t)
  const parent = await addInvocation(pool)
  const job = await addJob(pool, parent)
  await addInvocation(pool, { source_job_id: job })
  await named(pool, job)
  await named(pool, randomUUID(), { created_at: ago(600_000) })
  await named(pool, randomUUID())
  const { log, lines } = memoryLog()
  const worker = startWorker({
    connection: { connectionString: url },
    tasks: (signal) => [linkTask({ examiner: examinerOf(links), mend: false, log }, signal)],
    refuseToWrite: async () => undefined,
    log,
  })
  onTeardown(t, () => worker.stop())
  const text = 'links: of the last 24 hours 1 is recorded, 1 recovered, 0 recoverable, 1 severed and 1 unknown'
  await until('it counts', () => lines().some(({ msg }) => msg.startsWith(text)))
  const reader = await openWriter({ connection: { connectionString: url }, name: 'test' })
  onTeardown(t, () => reader.end())
  const known = await createLinkCounts()(reader)
  assert.ok(known)
  const { ageMs, ...counts } = known
  assert.deepEqual(counts, { recorded: 1, recovered: 1, recoverable: 0, severed: 1, unknown: 1 })
  assert.ok(ageMs >= 0)
})

test('in mend mode links are written into the column, and put back when the writer resets them', async (t) => {
  const { pool } = await working(t, { mend: true })
  const job = await addJob(pool, await addInvocation(pool))
  const child = await named(pool, job)
  const holds = async () => (await columnOf(pool)).get(child) === job
  await until('it is written', holds)
  assert.equal(await stateOf(pool, child), 'mended')
  await pool.query('update public.invocations set source_job_id = null where id = $1', [child])
  await until('it is put back', holds)
})

test('the worker gives way to a command, and goes on after it', async (t) => {
  const { pool, url, worker, messages } = await working(t)
  await until('it works', () => messages().some((line) => /the last 24 hours/.test(line)))
  assert.equal(worker.figures().holdsLease, true)
  const writer = await openWriter({ connection: { connectionString: url }, name: 'test' })
  onTeardown(t, () => writer.end())
  const { signal } = new AbortController()
  const job = await addJob(pool, await addInvocation(pool))
  const child = await inTurn(writer, { what: 'links scan', signal, say: () => undefined }, async () => {
    await until('it says so', () => worker.state('links')?.detail.startsWith('Another process') ?? false)
    assert.equal(worker.figures().holdsLease, false)
    return named(pool, job)
  })
  await until('it goes on', async () => (await stateOf(pool, child)) === 'recovered')
  assert.match((await leaseHolder(writer, LINKS))?.holder ?? '', /^service on /)
  assert.equal(worker.figures().holdsLease, true)
})

test('a worker whose connection is lost goes on; stopped, it gives its lease back', async (t) => {
  const { pool, url, worker, messages } = await working(t)
  await until('it works', () => messages().some((line) => /the last 24 hours/.test(line)))
  const killed = await pool.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name like '% worker'`,
  )
  assert.equal(killed.rowCount, 1)
  const job = await addJob(pool, await addInvocation(pool))
  const child = await named(pool, job)
  await until('it goes on', async () => (await stateOf(pool, child)) === 'recovered')
  await worker.stop()
  const reader = await openWriter({ connection: { connectionString: url }, name: 'test' })
  onTeardown(t, () => reader.end())
  assert.equal(await leaseHolder(reader, LINKS), undefined)
})

test('a task that fails rests and is tried again, and the others go on', async (t) => {
  const { url } = await database(t)
  const { log, lines } = memoryLog()
  const told = { waiting: 'waiting', done: 'done', failing: 'failing', elsewhere: 'elsewhere' }
  let good = 0
  let broken = true
  const worker = startWorker({
    connection: { connectionString: url },
    tasks: () => [
      {
        name: 'bad',
        told,
        tick: async () => {
          if (broken) throw new Error('no such thing')
          return true
        },
      },
      { name: 'good', told, tick: async () => (good += 1) > 3 },
    ],
    refuseToWrite: async () => undefined,
    log,
  })
  onTeardown(t, () => worker.stop())
  assert.deepEqual(worker.state('bad'), { ok: null, detail: 'waiting' })
  await until('the good one goes on', () => good > 3)
  assert.deepEqual(worker.state('bad'), { ok: false, detail: 'failing' })
  assert.match(worker.state('good')?.detail ?? '', /^done [\d.]+ s ago$/)
  const [bad, done] = worker.figures().tasks
  assert.ok(bad && bad.failures > 0 && bad.age === undefined, 'it was never done')
  assert.ok(done && done.failures === 0 && (done.age ?? -1) >= 0)
  broken = false
  await until('the bad one is tried again', () => worker.state('bad')?.ok)
  assert.deepEqual(
    lines().map(({ msg }) => msg),
    ['bad: the worker tries again: no such thing', 'bad: the worker goes on'],
  )
})
