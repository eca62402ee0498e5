import assert from 'node:assert/strict'
import test from 'node:test'
import { database } from './support/database.ts'
import { columnOf, linkWriter } from './support/links.ts'
import { addInvocation, addJob } from './support/rows.ts'
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
  const waiting = await run(t, ['links', 'undo'], { DATABASE_URL: url })
  await waiting.said(/^test writes links at this moment, or waits to do so: waiting for it$/)
  waiting.kill('SIGINT')
  assert.equal(await waiting.ended(), 1)
  assert.match(waiting.text(), /stopped by SIGINT/)
  await pool.query(`drop owned by ${role}; drop role ${role}`)
})
