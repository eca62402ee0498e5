import assert from 'node:assert/strict'
import test from 'node:test'
import pg from 'pg'
import { runningEmbedded } from '../src/db/embedded/embedded.ts'
import { victim } from './faults/postgres.ts'
import { database } from './support/database.ts'
import { ask, folderFor } from './support/embedded.ts'
import { addExample, filled, samples } from './support/endpoints.ts'
import { addInvocation } from './support/rows.ts'
import { run, serve } from './support/serve.ts'
import { onTeardown } from './support/teardown.ts'
import { until } from './support/until.ts'

/** A busy machine is no reason to refuse here. */
const PATIENT = { MAX_DELAY: '0' }

test('kill -9 of a service with the embedded database loses no committed row, and the next start works', async (t) => {
  const env = { DATA_DIR: await folderFor(t), DEMO: 'off', ...PATIENT }
  const first = await serve(t, env)
  await first.ready()
  const writer = new pg.Pool({ connectionString: (await runningEmbedded(env.DATA_DIR)) ?? '', max: 1 })
  writer.on('error', () => undefined)
  onTeardown(t, () => writer.end())
  const committed: string[] = []
  const writing = (async () => {
    for (;;) committed.push(await addInvocation(writer))
  })().catch(() => undefined)
  await until('rows are being committed', () => committed.length > 50)
  first.kill('SIGKILL')
  assert.equal(await first.ended(), 'SIGKILL')
  const second = await serve(t, env)
  const address = await second.ready()
  await writing
  const kept = await ask((await runningEmbedded(env.DATA_DIR)) ?? '', 'select id from invocations')
  const ids = new Set(kept.map(({ id }) => id))
  assert.deepEqual(
    committed.filter((id) => !ids.has(id)),
    [],
  )
  assert.equal((await fetch(`${address}/invocations`)).status, 200)
})

test('a role that may only SELECT is enough to serve', async (t) => {
  const { url, pool } = await database(t)
  const ids = await addExample(pool)
  const role = `readonly_${new URL(url).pathname.slice(1)}`
  await pool.query(`create role ${role} login password 'of the test'`)
  onTeardown(t, () => pool.query(`drop owned by ${role}; drop role ${role}`))
  await pool.query(`grant select on invocations, event_executions, job_executions to ${role}`)
  const as = new URL(url)
  as.username = role
  as.password = 'of the test'
  const service = await serve(t, { DATABASE_URL: as.href, MIGRATE_ON_START: 'off', ...PATIENT })
  const address = await service.ready()
  for (const { endpoint, path } of samples) {
    const answer = await fetch(address + filled(path, ids))
    // It may not read our own table.
    assert.equal(answer.status, endpoint.path === '/links' ? 404 : 200, `${path}: ${await answer.text()}`)
  }
  await assert.rejects(ask(as.href, 'delete from invocations'), /permission denied/)
})

test('a database that turned read-only is served from, and migrations say what to do', async (t) => {
  const postgres = await victim(t)
  const migrate = async (...args: string[]) => {
    const command = await run(t, ['migrate', 'up', ...args], { DATABASE_URL: postgres.url })
    return { code: await command.ended(), text: command.text() }
  }
  assert.equal((await migrate('--to', '002')).code, 0)
  await postgres.readOnly(true)
  await postgres.stop()
  await postgres.start()
  const { code, text } = await migrate()
  assert.equal(code, 1)
  assert.match(
    text,
    /This server is read-only \(a replica\?\): point DATABASE_URL at the primary, or start with MIGRATE_ON_START=off/,
  )
  const service = await serve(t, { DATABASE_URL: postgres.url, MIGRATE_ON_START: 'off', ...PATIENT })
  const answer = await fetch(`${await service.ready()}/trees`)
  assert.equal(answer.status, 200, await answer.text())
})
