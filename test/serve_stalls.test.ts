import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import test, { type TestContext } from 'node:test'
import { database } from './support/database.ts'
import { run, serve } from './support/serve.ts'
import { onTeardown } from './support/teardown.ts'
import { until } from './support/until.ts'

/** "You are in, ask away", as Postgres says it to a role that needs no password. */
const WELCOME = Buffer.from('5200000008000000005a0000000549', 'hex')

/** A server that accepts and then says nothing, or nothing after the welcome: a stopped Postgres, a port that something else has. */
async function silent(t: TestContext, welcome?: Buffer): Promise<string> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    if (welcome) socket.once('data', () => socket.write(welcome))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTeardown(t, () => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return `postgres://user@127.0.0.1:${(server.address() as AddressInfo).port}/nowhere`
}

for (const [name, welcome] of [
  ['nothing', undefined],
  ['nothing after the welcome', WELCOME],
] as const) {
  test(`a server that accepts and says ${name} is given up like one that cannot be reached`, async (t) => {
    const service = await serve(t, { DATABASE_URL: await silent(t, welcome), DATABASE_WAIT: '2', CONNECT_TIMEOUT: '1' })
    assert.equal(await service.ended(), 1, service.text())
    await service.said(/^the database cannot be reached yet \(no answer within 1 s\), trying again in 0\.25 s$/)
    assert.match(
      service.messages().at(-1) ?? '',
      /^the database could not be reached within 2 s: no answer within [\d.]+ s; check DATABASE_URL$/,
    )
  })
}

test('a patient CONNECT_TIMEOUT holds up neither the end of the wait nor SIGTERM', async (t) => {
  const url = await silent(t)
  const [short, long] = await Promise.all(
    ['1', '3600'].map((wait) =>
      serve(t, { DATABASE_URL: url, DATABASE_WAIT: wait, CONNECT_TIMEOUT: '3600', SHUTDOWN_TIMEOUT: '60' }),
    ),
  )
  assert.ok(short && long)
  assert.equal(await short.ended(), 1)
  await long.address()
  long.kill('SIGTERM')
  assert.equal(await long.ended(), 0)
  assert.equal(long.messages().at(-1), 'stopped')
})

test('commands give up a server that says nothing, too', async (t) => {
  const env = { DATABASE_URL: await silent(t), CONNECT_TIMEOUT: '1' }
  const commands = await Promise.all(
    [['migrate', 'status'], ['migrate', 'up'], ['demo'], ['demo', '--live']].map((args) => run(t, args, env)),
  )
  for (const command of commands) {
    assert.equal(await command.ended(), 1, command.text())
    assert.match(command.text(), /timeout/)
  }
})

test('SIGTERM during an index build cancels it before the process ends', async (t) => {
  const { url, pool } = await database(t, { migrated: false })
  const old = await pool.connect()
  onTeardown(t, () => old.release(true))
  // A concurrent build waits for every snapshot that is older than itself.
  await old.query('begin isolation level repeatable read')
  await old.query('select 1')
  const building = async () =>
    (
      await pool.query(
        `select 1 from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and state = 'active' and query ilike '%create index concurrently%'`,
      )
    ).rowCount
  const service = await serve(t, { DATABASE_URL: url, SHUTDOWN_TIMEOUT: '30' })
  await until('the build waits', async () => (await building()) === 1, 30_000)
  service.kill('SIGTERM')
  assert.equal(await service.ended(), 0, service.text())
  assert.equal(await building(), 0)
  assert.equal(service.messages().at(-1), 'stopped')
  assert.doesNotMatch(service.text(), /ready: /)
  await old.query('rollback')
  const next = await serve(t, { DATABASE_URL: url })
  await next.ready()
})
