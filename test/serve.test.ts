import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { connect, createServer, type AddressInfo } from 'node:net'
import test from 'node:test'
import { database } from './support/database.ts'
import { folderFor } from './support/embedded.ts'
import { npmStart, run, serve } from './support/serve.ts'
import { onTeardown } from './support/teardown.ts'
import { until } from './support/until.ts'

async function get(url: string) {
  const response = await fetch(url)
  return {
    status: response.status,
    retryAfter: response.headers.get('retry-after'),
    json: (await response.json()) as Record<string, unknown>,
  }
}

/** A running Postgres keeps its lock file. */
async function holdsPostgres(folder: string): Promise<boolean> {
  return (await readdir(folder, { recursive: true }).catch(() => [])).some((name) => name.endsWith('postmaster.pid'))
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(socket.destroy() === socket))
    socket.once('error', () => resolve(false))
  })
}

test('the life of a service on an embedded Postgres', async (t) => {
  const env = { DATA_DIR: await folderFor(t), DEMO_INVOCATIONS: '200' }
  let rows = 0

  await t.test('the first start listens before it is ready, and says in a line each what it did', async (t) => {
    const service = await serve(t, env)
    const address = await service.address()
    const [live, trees] = await Promise.all([get(`${address}/health/live`), get(`${address}/trees`)])
    assert.deepEqual([live.status, trees.status, trees.retryAfter], [200, 503, '2'])
    assert.match(String(trees.json['detail']), /^The service is (starting|migrating|loading demo data)$/)
    assert.equal(await service.ready(), address)
    const expected = [
      /^database: embedded Postgres \d+\.\d+ in \S+, port \d+$/,
      /^migrations: ran 000_.*; 0 recorded before$/,
      /^demo data: 200 invocations, \d+ events, \d+ jobs of an invented shop, in [\d.]+ s \(DEMO=off declines\)$/,
      /^ready: /,
    ]
    for (const pattern of expected)
      assert.equal(
        service.messages().filter((message) => pattern.test(message)).length,
        1,
        `${String(pattern)}\n${service.text()}`,
      )
    const home = await until('each endpoint has a sample, that of /links once links were looked for', async () => {
      const { endpoints } = (await get(`${address}/`)).json as {
        endpoints: Array<{ path: string; sample: string | null }>
      }
      const samples = endpoints.flatMap(({ sample }) => sample ?? [])
      const without = endpoints.filter(({ sample }) => sample === null)
      // Only payloads name records.
      return without.every(({ path }) => path === '/records/:table/:recordId') ? { samples } : undefined
    })
    for (const sample of home.samples) assert.equal((await fetch(address + sample)).status, 200, sample)
    rows = await count(address)
    assert.ok(rows > 0)
    service.kill('SIGTERM')
    assert.equal(await service.ended(), 0, service.text())
    assert.deepEqual(service.messages().slice(-2), ['stopping', 'stopped'], service.text())
    const [, port] = await service.said(/, port (\d+)$/)
    assert.equal(await answers(Number(port)), false, 'its Postgres went with it')
    assert.equal(await holdsPostgres(env.DATA_DIR), false)
  })

  await t.test(
    'the second start loads nothing again; another service on the same data refuses; commands join it',
    async (t) => {
      const service = await serve(t, env)
      const address = await service.ready()
      assert.deepEqual(
        service.messages().filter((message) => message.startsWith('demo data')),
        ['demo data: what is shown was invented, and loaded by an earlier start'],
      )
      await service.said(/^migrations: nothing to run; [1-9]\d* recorded before$/)
      assert.equal(await count(address), rows)

      const [second, status, demo] = await Promise.all([
        serve(t, env),
        run(t, ['migrate', 'status'], env),
        run(t, ['demo', '--invocations', '50', '--seed', '7'], env),
      ])
      assert.equal(await second.ended(), 1)
      assert.match(
        second.messages().at(-1) ?? '',
        /^The embedded Postgres in \S+ is in use by a running service .* Stop that service, or set DATABASE_URL/,
      )
      assert.doesNotMatch(second.text(), /\n\s+at /, 'a sentence, no stack')
      assert.deepEqual([await status.ended(), await demo.ended()], [0, 0], status.text() + demo.text())
      assert.match(status.text(), /^recorded +000_create_base_tables/m)
      assert.match(demo.text(), /^50 invocations, \d+ events, \d+ jobs in [\d.]+ s$/m)

      service.kill('SIGINT')
      service.kill('SIGINT')
      assert.equal(await service.ended(), 0, 'npm passes Ctrl-C on once more')
      assert.equal(await holdsPostgres(env.DATA_DIR), false)
    },
  )
})

test('SIGTERM while starting stops cleanly, and the next start makes up for it; DEMO=off declines', async (t) => {
  // At load 25 initdb took longer than the time to stop that is the default.
  const env = { DATA_DIR: await folderFor(t), DEMO: 'off', SHUTDOWN_TIMEOUT: '60' }
  const first = await serve(t, env)
  await first.address()
  first.kill('SIGTERM')
  assert.equal(await first.ended(), 0, first.text())
  assert.equal(await holdsPostgres(env.DATA_DIR), false)
  const second = await serve(t, env)
  const address = await second.ready()
  assert.equal(await count(address), 0)
  assert.doesNotMatch(second.text(), /demo data/)
  second.kill('SIGTERM')
  assert.equal(await second.ended(), 0)
})

test('a wrong configuration is one message with all that is wrong, before anything is opened', async (t) => {
  const service = await serve(t, { PORT: 'x', DEMO: 'maybe', DATABASE_URL: 'mysql://user:hunter2@here/db' })
  assert.equal(await service.ended(), 1)
  assert.equal(
    service.text(),
    [
      'the configuration is wrong:',
      '  DATABASE_URL=mysql://…: allowed is a URL such as postgres://user:password@host:5432/event_detector_observability',
      '  DEMO=maybe: allowed is one of on, off',
      '  PORT=x: allowed is a whole number from 0 to 65535',
      '',
    ].join('\n'),
  )
})

test('a database that cannot be reached is waited for, alive, and then given up in one line', async (t) => {
  const service = await serve(t, { DATABASE_URL: 'postgres://user:hunter2@127.0.0.1:1/nowhere', DATABASE_WAIT: '2' })
  const address = await service.address()
  await service.said(
    /^the database cannot be reached yet \(connect ECONNREFUSED 127\.0\.0\.1:1\), trying again in 0\.25 s$/,
  )
  assert.equal((await get(`${address}/health/live`)).status, 200)
  assert.equal((await get(`${address}/health/ready`)).status, 503)
  assert.equal(await service.ended(), 1)
  assert.match(
    service.messages().at(-1) ?? '',
    /^the database could not be reached within 2 s: connect ECONNREFUSED 127\.0\.0\.1:1; check DATABASE_URL$/,
  )
  const pauses = service.messages().flatMap((message) => /trying again in ([\d.]+) s/.exec(message)?.[1] ?? [])
  // The last pause is what was left: the last try is made at the limit, not before the pause that would pass it.
  assert.deepEqual(pauses.slice(0, 3), ['0.25', '0.5', '1'])
  assert.ok(pauses.length === 4 && Number(pauses[3]) <= 0.25, pauses.join(', '))
  assert.doesNotMatch(service.text(), /hunter2|\n\s+at /)
})

test('SIGTERM while waiting for the database stops at once', async (t) => {
  const service = await serve(t, { DATABASE_URL: 'postgres://127.0.0.1:1/nowhere', DATABASE_WAIT: '3600' })
  await service.said(/trying again in 1 s/)
  service.kill('SIGTERM')
  assert.equal(await service.ended(), 0)
  assert.equal(service.messages().at(-1), 'stopped')
})

test('a port that is taken is said in a clear line', async (t) => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTeardown(t, () => server.close())
  const { port } = server.address() as AddressInfo
  const service = await serve(t, { PORT: String(port), DATABASE_URL: 'postgres://127.0.0.1:1/nowhere' })
  assert.equal(await service.ended(), 1)
  assert.deepEqual(service.messages(), [
    `cannot listen at 127.0.0.1:${port}: something else listens there; set PORT to another one (0 takes a free one)`,
  ])
})

test('a given database is migrated once, checked only where that is asked for, and left alone at the end', async (t) => {
  const { url, pool } = await database(t, { migrated: false })
  const checking = await serve(t, { DATABASE_URL: url, MIGRATE_ON_START: 'off' })
  assert.equal(await checking.ended(), 1)
  assert.match(checking.messages().at(-1) ?? '', /^the database lacks .*run "npm run migrate -- up"/)

  const first = await serve(t, { DATABASE_URL: url })
  const address = await first.ready()
  await first.said(/^database: 127\.0\.0\.1:\d+\/test_\w+$/)
  await first.said(/^migrations: ran 000_create_base_tables/)
  assert.equal(await count(address), 0)
  assert.doesNotMatch(first.text(), /demo data/, 'demo data is for the embedded Postgres alone')
  const password = new URL(url).password
  if (password !== '') assert.ok(!first.text().includes(password), 'the password is not logged')

  const second = await serve(t, { DATABASE_URL: url, MIGRATE_ON_START: 'off' })
  await second.ready()
  await second.said(/^migrations: checked only/)
  for (const service of [first, second]) service.kill('SIGTERM')
  assert.deepEqual([await first.ended(), await second.ended()], [0, 0])
  assert.equal((await pool.query('select 1')).rowCount, 1)
})

test('a request under way is answered before the service stops; a second wish to stop is obeyed at once', async (t) => {
  const { url, pool } = await database(t)
  const [patient, pressed] = await Promise.all([
    serve(t, { DATABASE_URL: url, LOCK_TIMEOUT: '60' }),
    serve(t, { DATABASE_URL: url, LOCK_TIMEOUT: '60' }),
  ])
  const addresses = [await patient.ready(), await pressed.ready()]
  const writer = await pool.connect()
  onTeardown(t, () => writer.release(true))
  await writer.query('begin')
  await writer.query('lock table invocations in access exclusive mode')
  const [answer, dropped] = addresses.map((address) =>
    fetch(`${address}/invocations`).then(
      ({ status }) => status,
      () => 'cut off',
    ),
  )
  await until(
    'both requests wait for the lock',
    async () =>
      (await writer.query(`select 1 from pg_locks where not granted and relation = 'invocations'::regclass`))
        .rowCount === 2,
  )
  patient.kill('SIGTERM')
  pressed.kill('SIGTERM')
  await Promise.all([patient.said(/^stopping$/), pressed.said(/^stopping$/)])
  const code = pressed.ended()
  const pressing = setInterval(() => pressed.kill('SIGINT'), 100)
  onTeardown(t, () => clearInterval(pressing))
  assert.equal(await code, 1)
  assert.equal(await dropped, 'cut off')
  await writer.query('rollback')
  assert.equal(await answer, 200)
  assert.equal(await patient.ended(), 0)
})

test('SHUTDOWN_DELAY: not ready is told to new connections before they are refused', async (t) => {
  const { url } = await database(t)
  const service = await serve(t, { DATABASE_URL: url, SHUTDOWN_DELAY: '2' })
  const address = await service.ready()
  service.kill('SIGTERM')
  await service.said(/^stopping$/)
  const told = await fetch(`${address}/health/ready`, { headers: { connection: 'close' } })
  assert.deepEqual([told.status, ((await told.json()) as { detail: string }).detail], [503, 'The service is stopping'])
  assert.equal(await service.ended(), 0)
})

async function count(address: string): Promise<number> {
  const { json } = await get(`${address}/invocations?from=2000-01-01T00:00:00Z&limit=1000`)
  return (json['data'] as unknown[]).length
}

test('who stops npm start stops the service and its Postgres', async (t) => {
  const started = await npmStart(t, { DATA_DIR: await folderFor(t), DEMO: 'off', PORT: '0' })
  const [, port] = await started.said(/, port (\d+)$/)
  await started.said(/^ready: /)
  started.kill('SIGTERM')
  await until('the service says that it has stopped', () => started.messages().at(-1) === 'stopped')
  assert.equal(await answers(Number(port)), false)
})
