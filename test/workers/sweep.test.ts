import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { sweepKept } from '../../src/queries/recovery/sweep.ts'
import { changeLinks } from '../../src/workers/links/change.ts'
import { undoing } from '../../src/workers/links/mend.ts'
import { database } from '../support/database.ts'
import { columnOf, linkWriter } from '../support/links.ts'
import { addInvocation, addJob, addKeptLink } from '../support/rows.ts'
import { stateOf } from '../support/writers/found.ts'

test('what is kept of deleted invocations goes, and links to deleted jobs become severed, in turn, however old they are', async (t) => {
  const { url, pool } = await database(t)
  const { writer } = await linkWriter(t, url)
  const [stays, gone] = [await addJob(pool, await addInvocation(pool)), await addJob(pool, await addInvocation(pool))]
  const kept: string[] = []
  for (const [at, [job, state]] of [
    [stays, 'recovered'],
    [gone, 'recovered'],
    [gone, 'mended'],
    [gone, 'undone'],
    [stays, 'recovered'],
  ].entries()) {
    const id = await addInvocation(pool, { created_at: `2026-01-0${at + 1}T00:00:00Z` })
    await pool.query(
      `insert into observability_links (invocation_id, created_at, job_id, state, rule_version, rule_settings)
       select id, created_at, $2, $3, 1, '' from invocations where id = $1`,
      [id, job, state],
    )
    kept.push(id)
  }
  await pool.query('delete from job_executions where id = $1', [gone])
  await pool.query('delete from invocations where id = $1', [kept[4]])
  const first = await sweepKept(writer, null, 2)
  assert.deepEqual([first.removed, first.severed, first.end?.id], [0, 1, kept[1]])
  const rest = await sweepKept(writer, first.end, 10)
  assert.deepEqual(rest, { removed: 1, severed: 1, end: null })
  assert.deepEqual(
    [...(await stateOf(pool))],
    [
      [kept[0], `recovered ${stays}`],
      [kept[1], `severed ${gone}`],
      [kept[2], `severed ${gone}`],
      [kept[3], `undone ${gone}`],
    ],
  )
})

test('without the foreign key, a mended link to a job that was deleted can still be taken back', async (t) => {
  const { url, pool } = await database(t)
  const { writer, lease } = await linkWriter(t, url)
  await pool.query('alter table public.invocations drop constraint fk_invocations_source_job_id')
  const job_id = randomUUID()
  const id = await addInvocation(pool, { source_job_id: job_id })
  await addKeptLink(pool, id, { job_id, state: 'mended' })
  assert.deepEqual(await sweepKept(writer, null, 10), { removed: 0, severed: 0, end: null })
  const { signal } = new AbortController()
  const window = { from: null, to: null }
  const { changed } = await changeLinks(undoing, { writer, lease, window, signal, patience: 0 })
  assert.deepEqual([changed, (await columnOf(pool)).get(id)], [1, null])
})
