import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test, { type TestContext } from 'node:test'
import pg from 'pg'
import { runningEmbedded } from '../../src/db/embedded/embedded.ts'
import { holderOf, type Holder } from '../../src/db/embedded/holder.ts'
import { processWith } from '../../src/db/embedded/processes.ts'
import { ask, start, startInChild, usedFolder } from '../support/embedded.ts'
import { onTeardown } from '../support/teardown.ts'
import { until } from '../support/until.ts'

/** A service of its own process with one committed row, and who runs its database. */
async function serviceWithRow(t: TestContext) {
  const folder = await usedFolder(t)
  const { service, url } = await startInChild(t, folder)
  await ask(url, 'create table kept as select 42 as answer')
  const data = join(folder, 'postgres/data')
  const holder = await holderOf(data)
  assert.ok(holder)
  return { folder, data, service, holder }
}

async function assertRowKept(t: TestContext, folder: string, lines: string[] = []): Promise<void> {
  const { url } = await start(t, folder, { lines })
  assert.deepEqual(await ask(url, 'select answer from kept'), [{ answer: 42 }])
}

async function gone(holder: Holder): Promise<void> {
  await until(`the end of Postgres ${holder.pid}`, async () => (await processWith(holder.pid)) === undefined)
}

void test('Postgres goes with a service that was killed -9, shutting down cleanly', async (t) => {
  const { folder, service, holder } = await serviceWithRow(t)
  service.kill('SIGKILL')
  await gone(holder)
  assert.match(await readFile(join(folder, 'postgres/postgres.log'), 'utf8'), /database system is shut down\n$/)
  await assertRowKept(t, folder)
})

void test('a restart right after kill -9 waits for the dying predecessor', async (t) => {
  const { folder, service } = await serviceWithRow(t)
  service.kill('SIGKILL')
  await assertRowKept(t, folder)
})

void test('kill -9 of service, supervisor and Postgres at once: the next start recovers', async (t) => {
  const { folder, service, holder } = await serviceWithRow(t)
  service.kill('SIGKILL')
  process.kill(holder.process.parent, 'SIGKILL')
  process.kill(holder.pid, 'SIGKILL')
  await assertRowKept(t, folder)
})

void test('a Postgres whose service and supervisor were killed is stopped by the next start', async (t) => {
  const { folder, data, service, holder } = await serviceWithRow(t)
  // The whole session but Postgres: the supervisor and its watcher are named alike.
  for (const pid of await supervisorsOf(holder)) process.kill(pid, 'SIGKILL')
  service.kill('SIGKILL')
  await once(service, 'exit')
  assert.equal((await holderOf(data))?.pid, holder.pid)
  const lines: string[] = []
  await assertRowKept(t, folder, lines)
  assert.match(lines.join('\n'), new RegExp(`stopping the Postgres with pid ${holder.pid}`))
})

async function supervisorsOf(holder: Holder): Promise<number[]> {
  const pids = [holder.process.parent]
  // The watcher is the supervisor's other child, started right after Postgres.
  for (let pid = holder.pid; pid < holder.pid + 200; pid++) {
    const found = await processWith(pid)
    if (found?.parent === holder.process.parent && pid !== holder.pid) pids.push(pid)
  }
  assert.equal(pids.length, 2, 'supervisor and watcher')
  return pids
}

void test('the service learns that Postgres died', async (t) => {
  const folder = await usedFolder(t)
  const embedded = await start(t, folder)
  const holder = await holderOf(join(folder, 'postgres/data'))
  assert.ok(holder)
  const codes: (number | null)[] = []
  void embedded.exited.then((code) => codes.push(code))
  process.kill(holder.pid, 'SIGKILL')
  await until('the news of its death', () => codes.length > 0)
  assert.deepEqual(codes, [128 + 9])
})

void test('a signal to the whole session does not part Postgres from its supervisor', async (t) => {
  const folder = await usedFolder(t)
  const embedded = await start(t, folder)
  const holder = await holderOf(join(folder, 'postgres/data'))
  assert.ok(holder)
  for (const signal of ['SIGTERM', 'SIGHUP', 'SIGINT'] as const) process.kill(holder.process.parent, signal)
  assert.deepEqual(await ask(embedded.url, 'select 1 as one'), [{ one: 1 }])
  await embedded.stop()
  assert.equal(await processWith(holder.pid), undefined)
})

void test('a lock file that names a living process of somebody else does not keep the database from starting', async (t) => {
  const folder = await usedFolder(t)
  // Of the same user as Postgres, or Postgres itself would know better.
  const nobody = { uid: 65_534, gid: 65_534 }
  const stranger = spawn('sleep', ['1000'], { stdio: 'ignore', ...(process.getuid?.() === 0 && nobody) })
  onTeardown(t, () => stranger.kill('SIGKILL'))
  await once(stranger, 'spawn')
  const file = join(folder, 'postgres/data/postmaster.pid')
  await writeFile(
    file,
    `${stranger.pid}\n${join(folder, 'postgres/data')}\n1700000000\n5432\n\n127.0.0.1\n  12345 67890\nready   \n`,
  )
  const embedded = await start(t, folder)
  assert.deepEqual(await ask(embedded.url, 'select 1 as one'), [{ one: 1 }])
  assert.equal(stranger.exitCode, null)
})

/** A backend that hears nothing any more: a fast shutdown waits for it as long as it takes. */
async function stopBackend(t: TestContext, url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => undefined)
  await client.connect()
  onTeardown(t, () => client.end())
  const {
    rows: [backend],
  } = await client.query<{ pid: number }>('select pg_backend_pid() as pid')
  assert.ok(backend)
  process.kill(backend.pid, 'SIGSTOP')
}

/** What it takes on a quiet machine: 5 s until the immediate shutdown, and 5 s more until Postgres kills what does not hear that either. */
const STOPPED = 15_000

void test('a fast shutdown that does not end is followed by an immediate one: asked, when the service was killed, and by the next start', async (t) => {
  const asked = await start(t, await usedFolder(t))
  const killed = await serviceWithRow(t)
  const orphaned = await serviceWithRow(t)
  for (const url of [asked.url, await runningEmbedded(killed.folder), await runningEmbedded(orphaned.folder)])
    await stopBackend(t, url ?? '')
  let stopped = false
  void asked.stop().then(() => (stopped = true))
  for (const pid of await supervisorsOf(orphaned.holder)) process.kill(pid, 'SIGKILL')
  for (const { service } of [killed, orphaned]) service.kill('SIGKILL')
  await once(orphaned.service, 'exit')
  const lines: string[] = []
  await assertRowKept(t, orphaned.folder, lines)
  assert.match(lines.join('\n'), new RegExp(`pid ${orphaned.holder.pid} .* has been stopping for 5 s`))
  await until('the end of the one that was asked to stop', () => stopped, STOPPED)
  await until(
    'the end of the one whose service was killed',
    async () => (await processWith(killed.holder.pid)) === undefined,
    STOPPED,
  )
  await assertRowKept(t, killed.folder)
})
