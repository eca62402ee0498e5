import assert from 'node:assert/strict'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import test, { type TestContext } from 'node:test'
import type pg from 'pg'
import { Random } from '../../src/demo/random.ts'
import { openWriter } from '../../src/db/writer.ts'
import { changeLinks } from '../../src/workers/links/change.ts'
import { mending } from '../../src/workers/links/mend.ts'
import { inTurn } from '../../src/workers/links/turn.ts'
import { database } from '../support/database.ts'
import { loader } from '../support/loader.ts'
import { patience } from '../support/patience.ts'
import { addInvocation, addJob } from '../support/rows.ts'
import { onTeardown } from '../support/teardown.ts'
import { until } from '../support/until.ts'

const ROWS = 4000

/** A job, and so many invocations whose links to it were found. */
async function found(pool: pg.Pool): Promise<string> {
  const job = await addJob(pool, await addInvocation(pool, { created_at: '2026-01-01T00:00:00Z' }))
  await pool.query(
    `with made as (
       insert into public.invocations (id, created_at, updated_at, source_function, source_event_payload, status)
       select gen_random_uuid(), at, at, 'f', '{}', 'completed'
         from (select timestamptz '2026-01-02' + n * interval '1 second' as at from generate_series(1, ${ROWS}) as n) as each
       returning id, created_at)
     insert into public.observability_links (invocation_id, created_at, job_id, state, rule_version, rule_settings)
     select id, created_at, $1, 'recovered', 1, '' from made`,
    [job],
  )
  return job
}

/** How many rows are written, and how many of these are noted with the updated_at that they had before and have now. */
async function written(pool: pg.Pool, job: string): Promise<{ column: number; noted: number }> {
  const { rows } = await pool.query<{ column: number; noted: number }>(
    `select count(*) filter (where i.source_job_id = $1)::int as column,
            count(*) filter (where i.source_job_id = $1 and l.state = 'mended' and l.updated_before = i.created_at and l.updated_after = i.updated_at)::int as noted
       from public.invocations i
       join public.observability_links l
         on l.invocation_id = i.id`,
    [job],
  )
  assert.ok(rows[0])
  return rows[0]
}

/** As if it had not been renewed for 6 s; waits while a transaction of its holder is under way, until Postgres ends that. */
async function expireLease(pool: pg.Pool): Promise<void> {
  await pool.query('update public.observability_leases set expires_at = clock_timestamp()')
}

interface Mending {
  child: ChildProcess
  /** What it has printed. */
  lines: string[]
  ended: Promise<unknown>
}

function mend(t: TestContext, url: string): Mending {
  const child = spawn(process.execPath, ['--import', loader, join(import.meta.dirname, 'mend-process.ts'), url], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const lines: string[] = []
  createInterface(child.stdout).on('line', (line) => lines.push(line))
  const ended = once(child, 'close')
  onTeardown(t, async () => {
    child.kill('SIGKILL')
    await ended
  })
  return { child, lines, ended }
}

test('killed at any point, mending goes on at the next start: nothing twice, nothing lost, nothing half', async (t) => {
  const { url, pool } = await database(t)
  const job = await found(pool)
  const random = new Random(20_261_127, 0, 0)
  for (let kills = 0; kills < 3; kills += 1) {
    const { child, lines, ended } = mend(t, url)
    const after = random.int(1, 3)
    await until('some batches are written', () => lines.length >= after)
    child.kill('SIGKILL')
    await ended
    await expireLease(pool)
    const { column, noted } = await written(pool, job)
    assert.equal(noted, column)
    if (column === ROWS) t.diagnostic(`all was written before kill ${kills + 1}`)
  }
  const last = mend(t, url)
  await last.ended
  assert.match(last.lines.at(-1) ?? '', /^\{"changed":\d+,"settled":0,"skipped":0,"refused":0\}$/)
  assert.deepEqual(await written(pool, job), { column: ROWS, noted: ROWS })
})

test('a process that is paused, and comes back when another one has its lease, writes nothing more', async (t) => {
  const { url, pool } = await database(t)
  const job = await found(pool)
  const paused = mend(t, url)
  await until('it writes', () => paused.lines.length > 0)
  paused.child.kill('SIGSTOP')
  await expireLease(pool)

  const writer = await openWriter({ connection: { connectionString: url }, name: 'heir', statementTimeout: 2000 })
  onTeardown(t, () => writer.end())
  const { signal } = new AbortController()
  const turn = { what: 'links mend', signal: AbortSignal.timeout(patience(30_000)), say: () => undefined }
  await inTurn(writer, turn, async (lease) => {
    const before = await written(pool, job)
    assert.ok(before.column > 0 && before.column < ROWS, `${before.column} were written before the pause`)
    paused.child.kill('SIGCONT')
    await paused.ended
    assert.match(paused.lines.at(-1) ?? '', /^LeaseLost$|^Error$|^error$/)
    assert.deepEqual(await written(pool, job), before)
    await changeLinks(mending, { writer, lease, window: { from: null, to: null }, signal, patience: 0 })
  })
  assert.deepEqual(await written(pool, job), { column: ROWS, noted: ROWS })
})
