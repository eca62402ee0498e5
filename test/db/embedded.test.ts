import assert from 'node:assert/strict'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'node:test'
import { runningEmbedded } from '../../src/db/embedded/embedded.ts'
import { holderOf } from '../../src/db/embedded/holder.ts'
import { ask, folderFor, start, usedFolder } from '../support/embedded.ts'

void test('the first start makes the database, the next one finds its rows at the same address, and stop leaves nothing behind', async (t) => {
  const folder = await folderFor(t)
  const first = await start(t, folder)
  assert.equal(first.firstStart, true)
  assert.deepEqual(await ask(first.url, 'select current_database() as name'), [
    { name: 'event_detector_observability' },
  ])
  await ask(first.url, 'create table kept as select 42 as answer')
  await first.stop()
  assert.equal(await holderOf(join(folder, 'postgres/data')), undefined)
  assert.equal(await first.exited, 0)

  const second = await start(t, folder)
  assert.equal(second.firstStart, false)
  assert.equal(second.url, first.url)
  assert.deepEqual(await ask(second.url, 'select answer from kept'), [{ answer: 42 }])
})

void test('the server is private: password asked, loopback only, UTF8, C, UTC, no statement in its log', async (t) => {
  const embedded = await start(t, await folderFor(t))
  const wrong = new URL(embedded.url)
  wrong.password = 'guess'
  await assert.rejects(ask(wrong.href, 'select 1'), /password authentication failed/)
  const settings = `select name, setting from pg_settings
    where name in ('listen_addresses', 'unix_socket_directories', 'server_encoding', 'TimeZone', 'password_encryption') order by name`
  assert.deepEqual(
    Object.fromEntries((await ask(embedded.url, settings)).map(({ name, setting }) => [name, setting])),
    {
      listen_addresses: '127.0.0.1',
      password_encryption: 'scram-sha-256',
      server_encoding: 'UTF8',
      TimeZone: 'UTC',
      unix_socket_directories: '',
    },
  )
  assert.deepEqual(await ask(embedded.url, 'select datcollate from pg_database where datname = current_database()'), [
    { datcollate: 'C' },
  ])
  await assert.rejects(ask(embedded.url, `select 'alice@example.org'::uuid`), /alice/)
  assert.doesNotMatch(await readFile(join(embedded.folder, 'postgres/postgres.log'), 'utf8'), /alice/)
})

void test('a second service on the same data refuses with a sentence, and the first goes on', async (t) => {
  const folder = await usedFolder(t)
  assert.equal(await runningEmbedded(folder), undefined)
  const first = await start(t, folder)
  const begin = Date.now()
  const holder = await holderOf(join(folder, 'postgres/data'))
  await assert.rejects(start(t, folder), (error: Error) => {
    assert.match(error.message, /is in use by a running service/)
    for (const fact of [
      folder,
      `service pid ${process.pid}`,
      `Postgres pid ${holder?.pid}`,
      `port ${first.port}`,
      'DATABASE_URL',
    ]) {
      assert.ok(error.message.includes(fact), `${error.message} does not name ${fact}`)
    }
    return true
  })
  assert.ok(Date.now() - begin < 5000)
  assert.equal(await runningEmbedded(folder), first.url)
  assert.deepEqual(await ask(first.url, 'select 1 as one'), [{ one: 1 }])
  await first.stop()
  assert.equal(await runningEmbedded(folder), undefined)
})

void test('of services that start at the same moment on an empty folder one wins, and the others refuse', async (t) => {
  const folder = await folderFor(t)
  const results = await Promise.allSettled([1, 2, 3].map(() => start(t, folder)))
  const refused = results.filter((result) => result.status === 'rejected')
  assert.equal(refused.length, 2)
  for (const { reason } of refused) assert.match((reason as Error).message, /is in use by a running service/)
  assert.deepEqual(await readdir(folder), ['postgres'])
})

void test('what an initdb that was cut in the middle left behind is swept away', async (t) => {
  const folder = await folderFor(t)
  await mkdir(join(folder, 'postgres-new-abc123/data/base'), { recursive: true })
  await writeFile(join(folder, 'postgres-new-abc123/data/PG_VERSION'), '18\n')
  const embedded = await start(t, folder)
  assert.equal(embedded.firstStart, true)
  assert.deepEqual(await readdir(folder), ['postgres'])
})

void test('a start that fails quotes the log', async (t) => {
  const folder = await usedFolder(t)
  await assert.rejects(
    start(t, folder, { settings: { shared_buffers: 'plenty' } }),
    /did not start[^]*invalid value for parameter "shared_buffers": "plenty"/,
  )
})

void test('data of another major version is refused', async (t) => {
  const folder = await usedFolder(t)
  await writeFile(join(folder, 'postgres/data/PG_VERSION'), '12\n')
  await assert.rejects(
    start(t, folder),
    /made by PostgreSQL 12, these binaries are \d+\.\d+, and Postgres reads only its own major version/,
  )
})
