import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { test } from 'node:test'
import { until } from './support/until.ts'
import { folder, psql } from './migrations/setup.ts'
import { database } from './support/database.ts'
import { ask } from './support/embedded.ts'
import { noted, nest } from './support/plants.ts'
import { run, serve } from './support/serve.ts'

test('nothing that somebody planted in public is called: not by status, migrations, demo data, commands on links, checks or any endpoint', async (t) => {
  const { url, pool } = await database(t, { migrated: false })
  await nest(pool)
  const env = { DATABASE_URL: url, CREATE_TABLES: 'on', ANONYMOUS_SCOPES: 'read,read:payload' }
  const command = async (...args: string[]): Promise<string> => {
    const process = await run(t, args, env)
    assert.equal(await process.ended(), 0, `${args.join(' ')}: ${process.text()}`)
    return process.text()
  }
  const clean = async (after: string): Promise<void> => assert.deepEqual(await noted(pool), [], after)

  assert.match(await command('migrate', 'status'), /^pending {3}000_/m)
  await command('migrate', 'up')
  assert.match(await command('migrate', 'status'), /^recorded {2}000_/m)
  await clean('status and up')
  // So many that the indexes are taken off and put back.
  await command('demo', '--invocations', '3000', '--thin')
  const live = await run(t, ['demo', '--live', '--per-minute', '600'], env)
  await until(
    'live data comes',
    async () =>
      (
        await pool.query(
          `select 1 from public.invocations where created_at operator(pg_catalog.>) (select pg_catalog.max(created_at) operator(pg_catalog.-) '1 minute'::pg_catalog.interval from public.invocations) and status operator(pg_catalog.=) 'running'`,
        )
      ).rowCount,
  )
  live.kill('SIGTERM')
  assert.equal(await live.ended(), 0, live.text())
  await clean('demo data')
  for (const what of ['scan', 'mend', 'undo']) assert.match(await command('links', what), /[1-9]\d* /, what)
  await clean('links')

  for (const MIGRATE_ON_START of ['off', 'on']) {
    const service = await serve(t, { ...env, MIGRATE_ON_START })
    await askEverything(await service.ready())
    service.kill('SIGTERM')
    assert.equal(await service.ended(), 0)
    await clean(`the service with MIGRATE_ON_START=${MIGRATE_ON_START}`)
  }

  await pool.query('truncate public.invocations, public.event_executions, public.job_executions')
  await command('migrate', 'down', '--to', '000', '--destroy')
  await clean('down')
  for (const file of readdirSync(folder)
    .filter((name) => name.endsWith('_up.sql'))
    .sort()) {
    const byHand = psql(url, file, '-c', `set observability.create_tables = 'on'`)
    if (byHand !== undefined) assert.equal(byHand.code, 0, byHand.output)
  }
  await clean('psql')

  // As an ordinary connection would.
  await ask(url, `select left('version'::pg_catalog.text, 2)`)
  await ask(url, 'select 1 from pg_class limit 1')
  await ask(url, `select 'x'::pg_catalog.varchar = 'x'::pg_catalog.name`)
  await ask(url, `select 'x'::text`)
  assert.deepEqual(
    (await noted(pool)).filter((what) => /^(function left|catalogue pg_class|operator|type text)$/.test(what)),
    ['catalogue pg_class', 'function left', 'operator', 'type text'],
    'what is planted would have been noted',
  )
})

/** Every endpoint with its filters, forms and details, and a request that is given up while it runs. */
async function askEverything(base: string): Promise<void> {
  const get = async (path: string): Promise<Response> => {
    const response = await fetch(`${base}${path}`)
    assert.equal(response.status, 200, `${path}: ${await response.clone().text()}`)
    return response
  }
  const ids = async (path: string): Promise<string> =>
    ((await (await get(path)).json()) as { data: Array<{ id: string }> }).data[0]?.id ?? assert.fail(path)
  const day = 'window=30d'
  await get('/')
  await get('/health/ready')
  await get('/openapi.json')
  const linked = await ids(`/invocations?${day}&root=false&limit=1`)
  const job = await ids(
    `/jobs?${day}&status=completed&name=capture-payment&name=reserve-stock&name=book-carrier&limit=1`,
  )
  await get(
    `/invocations?${day}&status=failed&status=completed&sourceFunction=on-order-created&sourceTable=public.orders&sourceOperation=INSERT&sourceSystem=demo-shop&order=asc`,
  )
  await get(`/invocations?sourceJobId=${job}&sourceEventId=${job}&correlationId=x`)
  await get(
    `/chains?${day}&triggeringJob=book-carrier&triggeringFunction=on-shipment-created&triggeredFunction=on-shipment-updated&jobStatus=completed&status=completed&correlationId=x`,
  )
  await get(`/chains?${day}&limit=5`)
  await get(`/trees?${day}&status=failed&rootFunction=on-order-created&limit=3`)
  const page = (await (await get(`/trees?${day}&limit=2`)).json()) as { page: { nextCursor: string } }
  await get(`/trees?${day}&limit=2&cursor=${page.page.nextCursor}`)
  await get(`/invocations/${linked}?include=email,payload,context,options,results,stacks`)
  await get(`/jobs/${job}?include=options,result,stack`)
  const event = await ids(`/events?${day}&status=completed&name=order-placed&name=payment-captured&limit=1`)
  await get(`/events?invocationId=${linked}&detected=any`)
  await get(`/events?${day}&detected=false&name=order-placed`)
  await get(`/events/${event}?include=stack`)
  for (const form of ['json', 'text', 'ndjson']) await get(`/trees/${linked}?from=root&include=events&format=${form}`)
  const etag = (await get(`/jobs/${job}`)).headers.get('etag') ?? ''
  assert.equal((await fetch(`${base}/jobs/${job}`, { headers: { 'if-none-match': etag } })).status, 304)
  await fetch(`${base}/trees?${day}&status=running&limit=50`, { signal: AbortSignal.timeout(30) }).catch(
    () => undefined,
  )
}
