import assert from 'node:assert/strict'
import test, { type TestContext } from 'node:test'
import type pg from 'pg'
import { examinerOf } from '../../src/workers/links/examine.ts'
import { scanLinks } from '../../src/workers/links/scan.ts'
import { examining } from '../../src/workers/links/look.ts'
import { database } from '../support/database.ts'
import { keptLinks, linkWriter } from '../support/links.ts'
import { addInvocation, addJob } from '../support/rows.ts'

const window = { from: null, to: null }
const examiner = examinerOf({ maxAge: 3_600_000, paths: [] })
const { signal } = new AbortController()

/** Invocations whose payloads name a job. */
async function lost(t: TestContext, count: number): Promise<{ url: string; pool: pg.Pool; ids: string[] }> {
  const { url, pool } = await database(t)
  const job = await addJob(pool, await addInvocation(pool))
  const ids: string[] = []
  for (let nth = 0; nth < count; nth += 1)
    ids.push(await addInvocation(pool, { source_event_payload: JSON.stringify({ __sourceJobId: job }) }))
  return { url, pool, ids }
}

test('a batch that takes longer than the lease lasts loses nothing, for nobody can take the lease meanwhile', async (t) => {
  const { url, pool } = await lost(t, 6)
  const { writer, lease } = await linkWriter(t, url)
  await pool.query(`
    create function public.time_passes() returns trigger language plpgsql as $$
      begin update public.observability_leases set expires_at = clock_timestamp(); return null; end $$;
    create trigger time_passes after insert on public.observability_links for each statement execute function public.time_passes()`)
  const { counts } = await scanLinks({ writer, examiner, window, signal, most: 2 }, { lease, name: 'scan' })
  assert.equal(counts.recovered, 6)
  await pool.query('delete from public.observability_links')
  const look = examining(examiner, false)
  for (let round = 0; round < 2; round += 1) await look(writer, lease, window, null, signal)
  assert.equal((await keptLinks(pool)).length, 6)
})

test('of an id that occurs twice, in a copy without keys, the link is kept once', async (t) => {
  const { url, pool, ids } = await lost(t, 1)
  const { writer, lease } = await linkWriter(t, url)
  await pool.query('alter table public.invocations drop constraint invocations_pkey cascade')
  await pool.query('insert into public.invocations select * from public.invocations')
  await scanLinks({ writer, examiner, window, signal }, { lease, name: 'scan' })
  assert.deepEqual(
    (await keptLinks(pool)).map(({ invocation_id }) => invocation_id),
    ids,
  )
})

test('a batch that does not end in time is a smaller one the next time', async (t) => {
  const { url, pool, ids } = await lost(t, 12)
  const { writer, lease } = await linkWriter(t, url)
  await pool.query(`
    create function public.times_out() returns trigger language plpgsql as $$
      begin
        if (select count(*) from added) > 5 then raise query_canceled using message = 'statement timeout'; end if;
        return null;
      end $$;
    create trigger times_out after insert on public.observability_links referencing new table as added for each statement execute function public.times_out()`)
  const look = examining(examiner, false)
  const once = () => look(writer, lease, window, null, signal)
  let failures = 0
  // 200, 50, 13, 4
  while (
    failures < 4 &&
    (await once().then(
      () => false,
      () => true,
    ))
  )
    failures += 1
  assert.equal(failures, 3)
  const found = (await keptLinks(pool)).length
  assert.ok(found > 0 && found <= 5, `${found} of ${ids.length} links were found`)
})
