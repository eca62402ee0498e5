import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { test, type TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { migrationStatus } from '../../src/db/migrate/check.ts'
import { migrateUp, type MigratedUp } from '../../src/db/migrate/migrate.ts'
import { makesTable, migrationsFolder, runner } from '../migrations/setup.ts'
import { database } from '../support/database.ts'
import { loader } from '../support/loader.ts'
import { patience } from '../support/patience.ts'
import { onTeardown } from '../support/teardown.ts'
import { until } from '../support/until.ts'

interface Replica {
  go(): Promise<MigratedUp>
}

async function replica(t: TestContext, url: string): Promise<Replica> {
  const script = fileURLToPath(new URL('../migrations/up-process.ts', import.meta.url))
  const child = spawn(process.execPath, ['--import', loader, script, url], { stdio: ['pipe', 'pipe', 'inherit'] })
  onTeardown(t, () => child.kill('SIGKILL'))
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  assert.equal((await lines.next()).value, 'ready')
  return {
    async go() {
      const exit = once(child, 'exit')
      child.stdin.write('go\n')
      const line = await lines.next()
      assert.deepEqual(await exit, [0, null])
      return JSON.parse(String(line.value)) as MigratedUp
    },
  }
}

test(
  'twenty processes that start at once: one runs each migration, all go on',
  { timeout: patience(90_000) },
  async (t) => {
    const { url } = await database(t, { migrated: false })
    const replicas = await Promise.all(Array.from({ length: 20 }, () => replica(t, url)))
    const results = await Promise.all(replicas.map((each) => each.go()))
    const status = await migrationStatus(runner(url).options)
    assert.deepEqual(
      results.flatMap(({ applied }) => applied).sort(),
      status.map(({ name }) => name),
    )
    assert.deepEqual(
      results.flatMap(({ adopted }) => adopted),
      [],
    )
    assert.deepEqual(
      status.filter(({ state, missing }) => state !== 'recorded' || missing.length > 0),
      [],
    )
  },
)

test('those that wait for another process say so, again and again, and name it', async (t) => {
  const { url } = await database(t, { migrated: false })
  const folder = await migrationsFolder(t, { '000_a_up.sql': makesTable('a') })
  const holder = new pg.Client({ connectionString: url })
  await holder.connect()
  onTeardown(t, () => holder.end())
  const { rows } = await holder.query<{ pid: number }>('select pg_backend_pid() as pid, pg_advisory_lock(7402118)')
  const { options, lines } = runner(url, { folder, sayEvery: 300 })
  const migrating = migrateUp(options)
  const said = (): string[] =>
    lines.filter((line) => line.startsWith('info waiting: another process is migrating this database'))
  await until('it says so for the third time', () => said().length >= 3)
  assert.match(said()[0] ?? '', new RegExp(`"holderPid":${rows[0]?.pid}\\b`))
  await holder.query('select pg_advisory_unlock_all()')
  assert.deepEqual((await migrating).applied, ['000_a'])
})

test('a signal stops the waiting, and the statement that runs; the next start goes on', async (t) => {
  const { url, pool } = await database(t, { migrated: false })
  const folder = await migrationsFolder(t, { '000_a_up.sql': makesTable('a', 'select pg_sleep(600);') })
  const stop = new AbortController()
  const running = migrateUp(runner(url, { folder, signal: stop.signal }).options)
  const waiting = runner(url, { folder, signal: stop.signal })
  await until(
    'the migration runs',
    async () =>
      (await pool.query(`select from pg_stat_activity where query like '%pg_sleep(600)%' and wait_event = 'PgSleep'`))
        .rowCount,
  )
  const second = migrateUp(waiting.options)
  await until('the other waits', () => waiting.lines.length > 0)
  stop.abort()
  const sentence = /^MigrationError: the migrations were stopped; the next start goes on where they ended$/
  await Promise.all([assert.rejects(running, sentence), assert.rejects(second, sentence)])
  const { options } = runner(url, { folder: await migrationsFolder(t, { '000_a_up.sql': makesTable('a') }) })
  assert.deepEqual((await migrateUp(options)).applied, ['000_a'])
})

test('a lock that never comes ends in a sentence that says what to do', async (t) => {
  const { url, pool } = await database(t, { migrated: false })
  await pool.query('create table old (id integer)')
  const folder = await migrationsFolder(t, {
    '000_a_up.sql': makesTable('a', `set lock_timeout = '50ms'; alter table public.old add column x integer;`),
  })
  const holder = new pg.Client({ connectionString: url })
  await holder.connect()
  onTeardown(t, () => holder.end())
  await holder.query('begin; select from old')
  const { options, lines } = runner(url, { folder, lockPatience: patience(400) })
  await assert.rejects(
    migrateUp(options),
    /000_a_up\.sql failed: .*lock timeout\. Another session holds a lock for too long: look for long transactions in pg_stat_activity/,
  )
  assert.ok(lines.filter((line) => line.startsWith('info waiting for a lock')).length >= 2)
})
