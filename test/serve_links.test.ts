import assert from 'node:assert/strict'
import { test } from 'node:test'
import { database } from './support/database.ts'
import { columnOf } from './support/links.ts'
import { addInvocation, addJob } from './support/rows.ts'
import { serve } from './support/serve.ts'
import { onTeardown } from './support/teardown.ts'
import { until } from './support/until.ts'

interface Ready {
  checks: { links?: { ok: boolean | null; detail: string } }
}

test('the start says how links are recovered and what the last 24 hours gain; a service that stops gives its lease back', async (t) => {
  const { url, pool } = await database(t)
  const parent = await addInvocation(pool)
  const job = await addJob(pool, parent)
  const child = await addInvocation(pool, { source_event_payload: JSON.stringify({ __sourceJobId: job }) })
  const service = await serve(t, { DATABASE_URL: url, LINK_RECOVERY: 'mend' })
  const base = await service.ready()
  await service.said(/^links: LINK_RECOVERY=mend: .*, and found links are written into source_job_id$/)
  await service.said(
    /^links: of the last 24 hours 0 are recorded, 1 recovered, 0 recoverable, 0 severed and 0 unknown$/,
  )
  assert.equal((await columnOf(pool)).get(child), job)
  const links = await until('readiness tells when links were looked for', async () => {
    const { checks } = (await (await fetch(`${base}/health/ready`)).json()) as Ready
    return checks.links?.ok === true ? checks.links : undefined
  })
  assert.match(links.detail, /^Lost links were looked for [\d.]+ s ago$/)

  service.kill('SIGTERM')
  assert.equal(await service.ended(), 0)
  const { rows } = await pool.query(`select name from public.observability_leases where expires_at > now()`)
  assert.deepEqual(rows, [])
})

test('with LINK_RECOVERY, ROLLUPS and SEARCH_INDEX off nothing is looked for', async (t) => {
  const { url, pool } = await database(t)
  const service = await serve(t, { DATABASE_URL: url, LINK_RECOVERY: 'off', ROLLUPS: 'off', SEARCH_INDEX: 'off' })
  const base = await service.ready()
  const { checks } = (await (await fetch(`${base}/health/ready`)).json()) as Ready
  assert.equal(checks.links, undefined)
  assert.deepEqual((await pool.query('select name from public.observability_leases')).rows, [])
})

test('nothing is written while a table runs what belongs to a role that is not trusted', async (t) => {
  const { url, pool } = await database(t)
  const { rows } = await pool.query<{ database: string }>('select current_database() as database')
  const stranger = `${rows[0]?.database}_stranger`
  await pool.query(`
    create role ${stranger};
    create function public.planted() returns trigger language plpgsql as 'begin return new; end';
    alter function public.planted() owner to ${stranger};
    create trigger planted before update on public.invocations for each row execute function public.planted()`)
  onTeardown(t, () => pool.query(`drop function public.planted() cascade; drop role ${stranger}`))
  const service = await serve(t, {
    DATABASE_URL: url,
    MIGRATE_ON_START: 'off',
    LINK_RECOVERY: 'mend',
    ROLLUPS: 'off',
    SEARCH_INDEX: 'off',
  })
  await service.said(/^links: the worker tries again: .*planted.*belongs to/)
  assert.deepEqual((await pool.query('select name from public.observability_leases')).rows, [])
})
