import assert from 'node:assert/strict'
import test from 'node:test'
import { run, serve } from './support/serve.ts'
import { replicated } from './support/standby.ts'

/** A busy machine is no reason to refuse here. */
const PATIENT = { MAX_DELAY: '0' }

test('a hot standby is served from; a start that has something to migrate says that the server is read-only, the demo does not write there, and an unlogged table is refused', async (t) => {
  const { pool, url: DATABASE_URL, caughtUp } = await replicated(t)
  const assertServes = async (env: Record<string, string>, ...says: RegExp[]): Promise<void> => {
    const service = await serve(t, { DATABASE_URL, ...PATIENT, ...env })
    const answer = await fetch(`${await service.ready()}/trees`)
    assert.equal(answer.status, 200, await answer.text())
    for (const line of says) await service.said(line)
    service.kill('SIGTERM')
    assert.equal(await service.ended(), 0)
  }
  await assertServes({}, /^migrations: nothing to run; \d+ recorded before$/)
  await pool.query('drop index public.invocations_links_newest')
  await pool.query(`delete from public.observability_migrations where name >= '004'`)
  await caughtUp()
  await assertServes(
    {},
    /^migrations: checked only, because they may not be run here: [^\n]*This server is read-only \(a replica\?\): point DATABASE_URL at the primary, or start with MIGRATE_ON_START=off$/,
  )
  await assertServes(
    { MIGRATE_ON_START: 'off', LINK_RECOVERY: 'mend' },
    /^migrations: checked only \(MIGRATE_ON_START=off\)$/,
    /^links: LINK_RECOVERY=mend: recovered links are shown beside those of source_job_id, and none are recovered: this server is a standby, on which nothing can be written$/,
  )
  const demo = await run(t, ['demo'], { DATABASE_URL, MIGRATE_ON_START: 'off' })
  assert.equal(await demo.ended(), 1)
  assert.match(
    demo.text(),
    /^This server is read-only \(a replica\?\)\. Nothing was written\. Point DATABASE_URL at the primary\.$/m,
  )
  const scan = await run(t, ['links', 'scan'], { DATABASE_URL })
  assert.equal(await scan.ended(), 0, scan.text())
  assert.match(
    scan.text(),
    /^a dry run, for nothing can be kept: this server is a standby, on which nothing can be written$[\s\S]*^dry run: nothing was kept$/m,
  )
  await pool.query(
    'alter table public.job_executions rename to logged; create unlogged table public.job_executions (like public.logged including all)',
  )
  await caughtUp()
  const refused = await run(t, ['serve'], { DATABASE_URL, ...PATIENT, PORT: '0' })
  assert.equal(await refused.ended(), 1)
  assert.match(
    refused.text(),
    /"this database cannot be served: public\.job_executions is unlogged, and this server is a standby, which has no rows of it; on the primary: alter table public\.job_executions set logged"/,
  )
})
