import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import test, { type TestContext } from 'node:test'
import type pg from 'pg'
import { changeLinks } from '../../src/workers/links/change.ts'
import type { Change, Changed } from '../../src/workers/links/change-batch.ts'
import { mending, undoing } from '../../src/workers/links/mend.ts'
import { database } from '../support/database.ts'
import { columnOf, keptLinks, linkWriter, type KeptLink } from '../support/links.ts'
import { patience } from '../support/patience.ts'
import { addInvocation, addJob, addKeptLink } from '../support/rows.ts'
import { onTeardown } from '../support/teardown.ts'

const ALL = { from: null, to: null }

interface Ground {
  pool: pg.Pool
  /** Makes a change on all that is kept. */
  change: (change: Change, options?: { patience?: number; progress?: () => void }) => Promise<Changed>
  /** An invocation whose lost link was found: its id, and that of the job. */
  found: (given?: { state?: string; column?: string }) => Promise<{ id: string; job: string }>
}

async function ground(t: TestContext): Promise<Ground> {
  const { url, pool } = await database(t)
  const { writer, lease } = await linkWriter(t, url)
  const { signal } = new AbortController()
  return {
    pool,
    change: (change, options = {}) =>
      changeLinks(change, { writer, lease, window: ALL, signal, patience: patience(30_000), ...options }),
    async found({ state = 'recovered', column } = {}) {
      const job = await addJob(pool, await addInvocation(pool))
      const id = await addInvocation(pool, { source_job_id: column ?? null })
      await keep(pool, id, job, state)
      return { id, job }
    },
  }
}

async function keep(pool: pg.Pool, id: string, job: string, state: string): Promise<void> {
  await pool.query(
    `insert into public.observability_links (invocation_id, created_at, job_id, state, rule_version, rule_settings)
     select id, created_at, $2, $3, 1, '' from public.invocations where id = $1`,
    [id, job, state],
  )
}

async function kept(pool: pg.Pool, wanted: string): Promise<KeptLink> {
  const row = (await keptLinks(pool)).find(({ invocation_id }) => invocation_id === wanted)
  assert.ok(row)
  return row
}

function once(work: () => Promise<unknown>): () => Promise<unknown> {
  let done: Promise<unknown> | undefined
  return () => (done ??= work())
}

async function updatedAt(pool: pg.Pool, id: string): Promise<string> {
  const { rows } = await pool.query<{ at: string }>(
    'select updated_at::text as at from public.invocations where id = $1',
    [id],
  )
  return rows[0]?.at ?? ''
}

test('mending writes what was recovered, and nothing else; undo empties the column again', async (t) => {
  const { pool, change, found } = await ground(t)
  const link = await found()
  const others = await Promise.all(['ambiguous', 'pending', 'severed', 'undone'].map((state) => found({ state })))
  assert.deepEqual(await change(mending), { changed: 1, settled: 0, skipped: 0, refused: 0 })
  assert.equal((await columnOf(pool)).get(link.id), link.job)
  for (const { id } of others) assert.equal((await columnOf(pool)).get(id), null)
  assert.deepEqual(await change(mending), { changed: 0, settled: 0, skipped: 0, refused: 0 }, 'nothing twice')

  assert.deepEqual(await change(undoing), { changed: 1, settled: 0, skipped: 0, refused: 0 })
  assert.equal((await columnOf(pool)).get(link.id), null)
  assert.equal((await kept(pool, link.id)).state, 'undone')
  assert.deepEqual(await change(mending), { changed: 0, settled: 0, skipped: 0, refused: 0 }, 'the worker leaves it')
})

test('a link that the writer recorded is never written over, nor emptied', async (t) => {
  const { pool, change, found } = await ground(t)
  const other = await addJob(pool, await addInvocation(pool))
  const recorded = await found({ column: other })
  assert.equal((await change(mending)).changed, 0)
  assert.equal((await columnOf(pool)).get(recorded.id), other)

  const mended = await found()
  await change(mending)
  await pool.query('update public.invocations set source_job_id = $2 where id = $1', [mended.id, other])
  await change(undoing)
  assert.equal((await columnOf(pool)).get(mended.id), other)
  assert.deepEqual(
    (await keptLinks(pool)).map(({ state }) => state),
    ['undone', 'undone'],
  )
})

test('the first updated_at stays over mend, undo and mend; a later write of the writer makes it void', async (t) => {
  const { pool, change, found } = await ground(t)
  const { id } = await found()
  const first = await updatedAt(pool, id)
  for (const each of [mending, undoing, mending]) {
    assert.equal((await change(each)).changed, 1)
    const { updated_before, updated_after } = await kept(pool, id)
    assert.deepEqual([updated_before, updated_after], [first, await updatedAt(pool, id)])
    assert.notEqual(updated_after, first, 'our write has moved it')
    // As `links mend` takes up again what was undone.
    await pool.query(`update public.observability_links set state = 'recovered' where state = 'undone'`)
  }
  await pool.query(`update public.invocations set status = 'failed', source_job_id = null where id = $1`, [id])
  const later = await updatedAt(pool, id)
  assert.equal((await change(mending)).changed, 1, 'what the writer resets to NULL is put back')
  assert.equal((await kept(pool, id)).updated_before, later)
})

test('a job that is gone severs its link', async (t) => {
  const { pool, change, found } = await ground(t)
  const [gone, mended] = [await found(), await found()]
  await pool.query('delete from public.job_executions where id = $1', [gone.job])
  assert.deepEqual(await change(mending), { changed: 1, settled: 1, skipped: 0, refused: 0 })
  await pool.query('delete from public.job_executions where id = $1', [mended.job])
  assert.deepEqual(await change(mending), { changed: 0, settled: 1, skipped: 0, refused: 0 })
  assert.deepEqual(
    (await keptLinks(pool)).map(({ state }) => state),
    ['severed', 'severed'],
  )
})

test('what a writer has locked is skipped, and tried again before it is done', async (t) => {
  const { pool, change, found } = await ground(t)
  const links = await Promise.all(Array.from({ length: 5 }, () => found()))
  const writer = await pool.connect()
  await writer.query('begin')
  await writer.query(`update public.invocations set status = 'failed' where id = $1`, [links[2]?.id])
  assert.deepEqual(await change(mending, { patience: 0 }), { changed: 4, settled: 0, skipped: 1, refused: 0 })
  // The first pass has skipped it when the writer lets go.
  const letGo = once(() => writer.query('commit'))
  assert.deepEqual(await change(mending, { progress: () => void letGo() }), {
    changed: 1,
    settled: 0,
    skipped: 0,
    refused: 0,
  })
  writer.release()
  const column = await columnOf(pool)
  for (const { id, job } of links) assert.equal(column.get(id), job)
})

for (const end of ['commit', 'rollback'] as const)
  test(`a retention job that deletes a job (${end}) holds up its own link alone`, async (t) => {
    const { pool, change, found } = await ground(t)
    const links = await Promise.all(Array.from({ length: 5 }, () => found()))
    const deleted = links[2]
    const retention = await pool.connect()
    await retention.query('begin')
    await retention.query('delete from public.job_executions where id = $1', [deleted?.job])
    assert.deepEqual(await change(mending, { patience: 0 }), { changed: 4, settled: 0, skipped: 1, refused: 0 })
    await retention.query(end)
    retention.release()
    const last = await change(mending)
    assert.deepEqual(
      last,
      end === 'commit'
        ? { changed: 0, settled: 1, skipped: 0, refused: 0 }
        : { changed: 1, settled: 0, skipped: 0, refused: 0 },
    )
    assert.equal((await columnOf(pool)).get(deleted?.id ?? ''), end === 'commit' ? null : deleted?.job)
  })

test('a row whose invocation is deleted, or linked by its writer, while it is tried again is let go', async (t) => {
  const { pool, change, found } = await ground(t)
  const [deleted, linked] = [await found(), await found()]
  const writer = await pool.connect()
  await writer.query('begin')
  await writer.query('delete from public.invocations where id = $1', [deleted.id])
  await writer.query('update public.invocations set source_job_id = $2 where id = $1', [linked.id, linked.job])
  const letGo = once(() => writer.query('commit'))
  assert.deepEqual(await change(mending, { progress: () => void letGo() }), {
    changed: 0,
    settled: 0,
    skipped: 0,
    refused: 0,
  })
  writer.release()
})

test('a window bounds what is changed; more rows than a batch are all changed once', async (t) => {
  const { pool, change } = await ground(t)
  const job = await addJob(pool, await addInvocation(pool))
  const ids = Array.from({ length: 2500 }, () => randomUUID())
  await pool.query(
    `insert into public.invocations (id, created_at, updated_at, source_function, source_event_payload, status)
     select id, '2026-01-01', '2026-01-01', 'f', '{}', 'completed' from unnest($1::uuid[]) as id`,
    [ids],
  )
  await pool.query(
    `insert into public.observability_links (invocation_id, created_at, job_id, state, rule_version, rule_settings)
     select id, '2026-01-01', $2, 'recovered', 1, '' from unnest($1::uuid[]) as id`,
    [ids, job],
  )
  assert.deepEqual(await change(mending), { changed: 2500, settled: 0, skipped: 0, refused: 0 })
  assert.equal([...(await columnOf(pool)).values()].filter((each) => each === job).length, 2500)
})

test('a row that the database refuses keeps no other one from being written, and is told', async (t) => {
  const { pool, change, found } = await ground(t)
  const old = await found()
  await pool.query(`update public.invocations set source_system = 'legacy' where id = $1`, [old.id])
  await pool.query(
    `alter table public.invocations add constraint no_legacy check (source_system <> 'legacy') not valid`,
  )
  const others = [await found(), await found()]
  const { refusal, ...so } = await change(mending)
  assert.deepEqual(so, { changed: 2, settled: 0, skipped: 0, refused: 1 })
  assert.match(refusal ?? '', /violates check constraint "no_legacy"/)
  const column = await columnOf(pool)
  assert.deepEqual(
    [old, ...others].map(({ id }) => column.get(id)),
    [null, ...others.map(({ job }) => job)],
  )
})

for (const [what, change] of [
  [
    'a column that was made a generated one',
    `drop column source_job_id, add column source_job_id uuid generated always as (null) stored`,
  ],
  ['a right that was revoked', undefined],
] as const)
  test(`${what} while the service runs is a refusal, and throws nothing`, async (t) => {
    const { url, pool } = await database(t)
    const { writer, lease } = await linkWriter(t, url)
    const job = await addJob(pool, await addInvocation(pool))
    for (let count = 0; count < 2; count += 1) await addKeptLink(pool, await addInvocation(pool), { job_id: job })
    if (change === undefined) {
      const role = `mends_${randomUUID().replaceAll('-', '')}`
      await pool.query(`create role ${role};
        grant select on public.invocations, public.job_executions to ${role};
        grant select, insert, update, delete on public.observability_links, public.observability_leases to ${role}`)
      onTeardown(t, async () => {
        await pool.query(`drop owned by ${role}; drop role ${role}`)
      })
      await writer.script(`set role ${role}`)
    } else await pool.query(`alter table public.invocations ${change}`)
    const { signal } = new AbortController()
    const { refusal, ...so } = await changeLinks(mending, { writer, lease, window: ALL, signal, patience: 0 })
    assert.deepEqual(so, { changed: 0, settled: 0, skipped: 0, refused: 2 })
    assert.match(refusal ?? '', /permission denied for table invocations|can only be updated to DEFAULT/)
  })
