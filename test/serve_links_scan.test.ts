import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test, type TestContext } from 'node:test'
import type pg from 'pg'
import type { Tally } from '../src/domain/link/tally.ts'
import { database } from './support/database.ts'
import { addInvocation, addJob } from './support/rows.ts'
import { run } from './support/serve.ts'
import { onTeardown } from './support/teardown.ts'
import { until } from './support/until.ts'
import { stateOf } from './support/writers/found.ts'

/** The url of a new role that may do what `grants` say. */
async function roleUrl(
  t: TestContext,
  pool: pg.Pool,
  url: string,
  grants: string,
): Promise<{ url: string; role: string }> {
  const role = `links_${randomBytes(4).toString('hex')}`
  await pool.query(`create role ${role} login password 'x'; ${grants.replaceAll(':role', role)}`)
  onTeardown(t, () => pool.query(`drop owned by ${role} cascade; drop role ${role}`))
  const own = new URL(url)
  Object.assign(own, { username: role, password: 'x' })
  return { url: own.href, role }
}

async function links(t: TestContext, url: string, ...args: string[]): Promise<{ code: number | string; text: string }> {
  const running = await run(t, ['links', ...args], { DATABASE_URL: url })
  return { code: await running.ended(), text: running.text() }
}

/** A job, an invocation that names it, and one of ten days ago that names a job which is not there. */
async function lost(pool: pg.Pool): Promise<{ job: string; found: string; severed: string }> {
  const job = await addJob(pool, await addInvocation(pool))
  const payload = (id: string) => ({ source_event_payload: JSON.stringify({ __sourceJobId: id }) })
  const found = await addInvocation(pool, payload(job))
  const created_at = new Date(Date.now() - 240 * 3_600_000).toISOString()
  const severed = await addInvocation(pool, { ...payload('b0000000-0000-4000-8000-000000000001'), created_at })
  return { job, found, severed }
}

const readOnly = 'grant select on invocations, event_executions, job_executions to :role'
const overlay = `${readOnly}; grant select, insert, update, delete on observability_links, observability_leases, observability_scans to :role`

test('links scan keeps what it finds with the grants of the overlay, counts it by state, and goes on where one was stopped', async (t) => {
  const { url, pool } = await database(t)
  const { found, severed, job } = await lost(pool)
  const role = await roleUrl(t, pool, url, overlay)
  const { code, text } = await links(t, role.url, 'scan')
  assert.equal(code, 0, text)
  assert.match(text, /^examined 3 invocations of all time in \d+\.\d s$/m)
  assert.match(text, new RegExp(`^ {2}recovered {3}1 {2}the payload names a job that is there: ${found}$`, 'm'))
  assert.match(text, new RegExp(`^ {2}severed {5}1 {2}the named job is gone, or never came: ${severed}$`, 'm'))
  assert.match(text, /^2 findings were new, and are kept in public\.observability_links$/m)
  assert.equal((await stateOf(pool)).get(found), `recovered ${job}`)
  await pool.query('update observability_scans set finished_at = null')
  assert.match((await links(t, role.url, 'scan')).text, /^going on with the scan that began at 20/m)
})

test('a scan that is stopped says how far it has come', async (t) => {
  const { url, pool } = await database(t)
  await lost(pool)
  const scan = await run(t, ['links', 'scan', '--rate', '1'], { DATABASE_URL: url })
  await until('an invocation is examined', async () => {
    const { rows } = await pool.query<{ examined: number }>(
      `select (counts->>'examined')::int as examined from observability_scans`,
    )
    return (rows[0]?.examined ?? 0) > 0
  })
  scan.kill('SIGINT')
  assert.equal(await scan.ended(), 1)
  assert.match(
    scan.text(),
    /^stopped by SIGINT: [12] invocations have been examined\. Run the scan again, and it goes on there$/m,
  )
})

test('links scan --window --json prints one document; --dry-run writes nothing', async (t) => {
  const { url, pool } = await database(t)
  const { found } = await lost(pool)
  const scan = await run(t, ['links', 'scan', '--window', '1d', '--json', '--dry-run', '--rate', '100'], {
    DATABASE_URL: url,
  })
  assert.equal(await scan.ended(), 0, scan.text())
  assert.equal(scan.messages().length, 1, 'stdout holds the document alone')
  const [document = ''] = scan.text().split('\n')
  const told = JSON.parse(document) as Tally & Record<string, unknown>
  assert.deepEqual(
    [told['command'], told['window'], told['dryRun'], told.examined, told.written, told.counts.recovered, told.samples],
    ['scan', '1d', true, 2, 0, 1, { recovered: [found] }],
  )
  assert.equal((await stateOf(pool)).size, 0)
  assert.equal((await pool.query('select from observability_scans')).rowCount, 0)
})

test('a role that may not write scans dry, and is told so; one that may not read payloads is told what to grant', async (t) => {
  const { url, pool } = await database(t)
  const { found } = await lost(pool)
  const reader = await roleUrl(t, pool, url, readOnly)
  const { code, text } = await links(t, reader.url, 'scan')
  assert.equal(code, 0, text)
  assert.match(
    text,
    new RegExp(
      `^a dry run, for nothing can be kept: ${reader.role} may not write them: grant select, insert, update, delete on public\\.observability_links, .* to ${reader.role}$`,
      'm',
    ),
  )
  assert.match(text, new RegExp(`^ {2}recoverable 1 {2}the payload names a job that is there: ${found}$`, 'm'))
  assert.match(text, /^dry run: nothing was kept$/m)
  assert.equal((await stateOf(pool)).size, 0)
  const blind = await roleUrl(
    t,
    pool,
    url,
    `grant select on event_executions, job_executions to :role; grant select (id, created_at, source_job_id, source_event_time) on invocations to :role`,
  )
  const refused = await links(t, blind.url, 'scan')
  assert.equal(refused.code, 1)
  assert.match(
    refused.text,
    new RegExp(
      `^links are looked for in payloads, and ${blind.role} may not read them: grant select on public\\.invocations to ${blind.role}$`,
      'm',
    ),
  )
})

test('what would run with the rights of who scans, and belongs to others, is refused before anything is written', async (t) => {
  const { url, pool } = await database(t)
  await lost(pool)
  const role = await roleUrl(t, pool, url, overlay)
  const stranger = await roleUrl(t, pool, url, 'grant create on schema public to :role')
  await pool.query(
    `set role ${stranger.role}; create function public.note() returns trigger language plpgsql as 'begin return new; end'; reset role`,
  )
  await pool.query(
    'create trigger note before insert on observability_links for each row execute function public.note()',
  )
  const { code, text } = await links(t, role.url, 'scan')
  assert.equal(code, 1)
  assert.match(
    text,
    new RegExp(
      `trigger note on table public\\.observability_links uses function public\\.note\\(\\), and belongs to ${stranger.role}`,
    ),
  )
  assert.equal((await stateOf(pool)).size, 0)
})
