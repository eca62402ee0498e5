import assert from 'node:assert/strict'
import test from 'node:test'
import type pg from 'pg'
import { settingsFingerprint } from '../src/domain/link/fingerprint.ts'
import { RULE_VERSION } from '../src/domain/link/rule.ts'
import { emptyTally } from '../src/domain/link/tally.ts'
import { expireLease } from '../src/queries/recovery/lease.ts'
import { database } from './support/database.ts'
import { columnOf, linkWriter } from './support/links.ts'
import { addInvocation, addJob, addKeptLink } from './support/rows.ts'
import { run } from './support/serve.ts'

interface Report {
  command: string
  window: string | null
  dryRun: boolean
  counts: Record<string, number>
  mended?: number
  undone?: number
  held?: number
  kept?: Array<{ state: string; count: number; samples: string[] }>
}

test('links mend writes what it finds and undo takes it back; a dry run of either writes nothing', async (t) => {
  const { url, pool } = await database(t)
  const job = await addJob(pool, await addInvocation(pool))
  const child = await addInvocation(pool, { source_event_payload: JSON.stringify({ __sourceJobId: job }) })
  const links = async (...args: string[]): Promise<Report> => {
    const { ended, text } = await run(t, ['links', ...args, '--json'], { DATABASE_URL: url })
    assert.equal(await ended(), 0, text())
    const line = text()
      .split('\n')
      .find((each) => each.startsWith('{'))
    return JSON.parse(line ?? '') as Report
  }
  const holds = async () => (await columnOf(pool)).get(child)

  const dry = await links('mend', '--dry-run')
  assert.deepEqual([dry.counts['recovered'], dry.mended, await holds()], [1, undefined, null])
  const mended = await links('mend', '--window', '1h')
  assert.deepEqual([mended.window, mended.mended, mended.held, await holds()], ['1h', 1, 0, job])
  assert.equal((await links('mend')).mended, 0)
  const unchanged = await links('undo', '--dry-run')
  assert.deepEqual([unchanged.kept, unchanged.undone], [[{ state: 'mended', count: 1, samples: [child] }], undefined])
  assert.deepEqual([(await links('undo')).undone, await holds()], [1, null])
  assert.deepEqual([(await links('mend')).mended, await holds()], [1, job])
})

test('links mend says what a role lacks, who holds the lease, and what others held', async (t) => {
  const { url, pool } = await database(t)
  const job = await addJob(pool, await addInvocation(pool))
  await addInvocation(pool, { source_event_payload: JSON.stringify({ __sourceJobId: job }) })
  const { rows } = await pool.query<{ database: string }>('select current_database() as database')
  const role = `${rows[0]?.database}_keeps`
  await pool.query(`create role ${role} login password 'x'`)
  await pool.query(`grant select on public.invocations, public.event_executions, public.job_executions to ${role}`)
  await pool.query(
    `grant select, insert, update, delete on public.observability_links, public.observability_leases, public.observability_scans to ${role}`,
  )
  const asRole = Object.assign(new URL(url), { username: role, password: 'x' }).href
  const refused = await run(t, ['links', 'mend'], { DATABASE_URL: asRole })
  assert.equal(await refused.ended(), 1)
  assert.match(refused.text(), new RegExp(`links cannot be mended: ${role} may not update source_job_id: grant update`))

  await linkWriter(t, url)
  await holdLeases(pool)
  const waiting = await run(t, ['links', 'undo'], { DATABASE_URL: url })
  await waiting.said(/^test writes links at this moment, or waits to do so: waiting for it$/)
  waiting.kill('SIGINT')
  assert.equal(await waiting.ended(), 1)
  assert.match(waiting.text(), /stopped by SIGINT/)
  await pool.query(`drop owned by ${role}; drop role ${role}`)
})

test('links mend that goes on with a search writes what that found at its start; links undo counts when its turn has come', async (t) => {
  const { url, pool } = await database(t)
  const job = await addJob(pool, await addInvocation(pool))
  const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString()
  const child = await addInvocation(pool, { created_at: ago(90) })
  await addKeptLink(pool, child, { job_id: job })
  await pool.query(
    `insert into public.observability_scans (name, rule_version, rule_settings, window_from, position_created_at, position_id, counts, started_at)
     select 'mend 1h', $1, $2, $3::timestamptz, i.created_at, i.id, $4, $3::timestamptz + interval '1 hour'
       from public.invocations i
      where i.id = $5`,
    [
      RULE_VERSION,
      settingsFingerprint({ maxAge: 3_600_000, paths: [] }),
      ago(100),
      JSON.stringify(emptyTally()),
      child,
    ],
  )
  const mend = await run(t, ['links', 'mend', '--window', '1h'], { DATABASE_URL: url })
  assert.equal(await mend.ended(), 0, mend.text())
  assert.match(mend.text(), /^1 link was written into source_job_id$/m)
  assert.equal((await columnOf(pool)).get(child), job)

  await pool.query(`update public.observability_links set state = 'undone'`)
  const { writer, lease } = await linkWriter(t, url)
  await holdLeases(pool)
  const undo = await run(t, ['links', 'undo'], { DATABASE_URL: url })
  await undo.said(/ waiting for it$/)
  await pool.query(`update public.observability_links set state = 'mended'`)
  await expireLease(writer, lease)
  assert.equal(await undo.ended(), 0, undo.text())
  assert.match(
    undo.text(),
    /^links of all time that could be taken back: 1\n {2}mended {4}1: .*\n1 link was taken back/m,
  )
})

/** Leases that outlast the start of a command, which takes longer than their 6 s on a busy machine. */
async function holdLeases(pool: pg.Pool): Promise<void> {
  await pool.query(
    `update public.observability_leases set expires_at = clock_timestamp() + interval '1 hour' where holder = 'test'`,
  )
}
