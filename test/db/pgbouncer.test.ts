import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmod, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import test, { type TestContext } from 'node:test'
import pg from 'pg'
import { temporaryFolder } from '../support/cluster.ts'
import { database } from '../support/database.ts'
import { serve } from '../support/serve.ts'
import { onTeardown } from '../support/teardown.ts'
import { until } from '../support/until.ts'

const installed = spawnSync('pgbouncer', ['--version']).status === 0
const skip = installed ? false : 'pgbouncer is not installed here; test/db/session.test.ts has a stand-in'
/** PgBouncer, like Postgres, does not run as root. */
const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {}

/** PgBouncer in transaction mode before a database; resolves to a url through it. */
async function pgbouncer(t: TestContext, of: string, ignored: string): Promise<string> {
  const url = new URL(of)
  const folder = await temporaryFolder()
  await chmod(folder, 0o777)
  const port = await freePort()
  await writeFile(join(folder, 'users'), `"${url.username}" "${decodeURIComponent(url.password)}"\n`)
  await writeFile(
    join(folder, 'ini'),
    `[databases]\n* = host=${url.hostname} port=${url.port}\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = ${port}\nunix_socket_dir =\nauth_type = trust\nauth_file = ${join(folder, 'users')}\npool_mode = transaction\nignore_startup_parameters = ${ignored}\n`,
  )
  const child = spawn('pgbouncer', [join(folder, 'ini')], { stdio: 'ignore', ...nobody })
  onTeardown(t, async () => {
    child.kill('SIGKILL')
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  })
  url.host = `127.0.0.1:${port}`
  await until('PgBouncer answers', async () => {
    const client = new pg.Client(url.href)
    return client
      .connect()
      .then(() => client.end())
      .then(
        () => true,
        () => false,
      )
  })
  return url.href
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

test('PgBouncer that is told to ignore what a connection asks for stops the start', { skip }, async (t) => {
  const { url } = await database(t)
  const run = await serve(t, { DATABASE_URL: await pgbouncer(t, url, 'options,extra_float_digits') })
  assert.equal(await run.ended(), 1)
  assert.match(
    run.messages().at(-1) ?? '',
    /does not have the settings that the service asks for .*: a pooler drops them/,
  )
})

test('PgBouncer that is not told so refuses the connection, and the start says why', { skip }, async (t) => {
  const { url } = await database(t)
  const run = await serve(t, { DATABASE_URL: await pgbouncer(t, url, 'extra_float_digits') })
  assert.equal(await run.ended(), 1)
  assert.match(
    run.messages().at(-1) ?? '',
    /^the database cannot be reached: unsupported startup parameter.* A pooler .*let DATABASE_URL lead to Postgres itself/,
  )
})
