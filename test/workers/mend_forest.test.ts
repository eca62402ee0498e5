import assert from 'node:assert/strict'
import test from 'node:test'
import type pg from 'pg'
import { changeLinks } from '../../src/workers/links/change.ts'
import type { Change } from '../../src/workers/links/change-batch.ts'
import { examinerOf } from '../../src/workers/links/examine.ts'
import { mending, undoing } from '../../src/workers/links/mend.ts'
import { scanLinks } from '../../src/workers/links/scan.ts'
import { database } from '../support/database.ts'
import { seeds } from '../support/forest.ts'
import { columnOf, keptLinks, linkWriter } from '../support/links.ts'
import { writersForest, type WritersForest } from '../support/writers/forest.ts'
import { insertWriters } from '../support/writers/insert.ts'
import type { Transport } from '../support/writers/rows.ts'

const transports: Transport[] = ['sql', 'graphql', 'eventkit', 'eventkit-late-jobs']
const ALL = { from: null, to: null }
const { signal } = new AbortController()

/** What the rows hold but for our own tables, source_job_id and updated_at, which our write moves. */
async function restOf(pool: pg.Pool): Promise<string> {
  const { rows } = await pool.query<{ hash: string }>(
    `select md5(string_agg((to_jsonb(i) - 'source_job_id' - 'updated_at')::text, ',' order by i.id)) as hash from public.invocations i`,
  )
  return rows[0]?.hash ?? ''
}

/** Invocations whose true parent is named in the payload alone, with its job: what must be put back. */
function lost({ rows, truth }: WritersForest): Map<string, string> {
  const named = rows.invocations.flatMap(({ id }) => {
    const { link, parentJob } = truth.invocations.get(id) ?? assert.fail(id)
    return link === 'named' && parentJob !== null ? [[id, parentJob] as const] : []
  })
  return new Map(named)
}

for (const seed of seeds)
  test(`seed ${seed}: mending puts back every recoverable link and touches no other; undo restores the column exactly`, async (t) => {
    const { url, pool } = await database(t)
    const forest = writersForest({ seed, deliveries: 140, transports, now: Date.now() })
    await insertWriters(pool, forest)
    const before = { column: await columnOf(pool), rest: await restOf(pool) }
    const { writer, lease } = await linkWriter(t, url)
    const scan = (again: boolean) =>
      scanLinks(
        { writer, examiner: examinerOf({ maxAge: 3_600_000, paths: [] }, { again }), window: ALL, signal },
        { lease, name: 'test' },
      )
    const change = (what: Change) => changeLinks(what, { writer, lease, window: ALL, signal, patience: 0 })

    await scan(false)
    const { changed, skipped } = await change(mending)
    assert.equal(skipped, 0)
    const mended = await columnOf(pool)
    for (const [id, job] of lost(forest)) assert.equal(mended.get(id), job)
    const kept = new Map((await keptLinks(pool)).map((link) => [link.invocation_id, link]))
    const different = [...mended].filter(([id, job]) => job !== before.column.get(id))
    assert.equal(different.length, changed)
    for (const [id, job] of different)
      assert.deepEqual([before.column.get(id), kept.get(id)?.state, kept.get(id)?.job_id], [null, 'mended', job])

    await change(undoing)
    assert.deepEqual(await columnOf(pool), before.column)
    assert.equal(await restOf(pool), before.rest)
    await scan(false)
    assert.equal((await change(mending)).changed, 0, 'what a person took back stays so')
    await scan(true)
    assert.equal((await change(mending)).changed, changed)
    assert.deepEqual(await columnOf(pool), mended)
  })
