import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { test, type TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { migrationStatus } from '../../src/db/migrate/check.ts'
import { migrateUp } from '../../src/db/migrate/migrate.ts'
import { database } from '../support/database.ts'
import { loader } from '../support/loader.ts'
import { patience } from '../support/patience.ts'
import { onTeardown } from '../support/teardown.ts'
import { until } from '../support/until.ts'
import { runner, schemaOf } from './setup.ts'

const WRITER = 'lock table invocations, event_executions in row exclusive mode'
const RECORD = 'lock table observability_migrations in share mode'

/** Each: which migrations are there already, and what another session holds so that the process is stuck at that place when it is killed. */
const places: Array<{ name: string; done?: string; held: string; terminated?: boolean; sentence?: RegExp }> = [
  { name: '000 makes its first table', held: 'create table public.invocations (id integer)' },
  { name: '000 makes the table of the bookkeeping', held: 'create table public.observability_migrations (id integer)' },
  { name: '001 adds its column', done: '000', held: WRITER },
  { name: '001 is recorded, in its transaction', done: '000', held: RECORD },
  { name: '002 replaces its CHECK', done: '001', held: WRITER },
  { name: '003 builds its index, which the server goes on with', done: '002', held: WRITER },
  {
    name: '003 is recorded, after its index was built',
    done: '002',
    held: RECORD,
    terminated: true,
    sentence: /003_\w+ was in place already, recorded it/,
  },
  {
    name: '004 builds its index, and the server stops that too',
    done: '003',
    held: WRITER,
    terminated: true,
    sentence: /dropping the invalid index invocations_links_newest/,
  },
  { name: '005 adds its column', done: '004', held: WRITER },
]

for (const { name, done, held, terminated = false, sentence = /applied/ } of places) {
  test(`kill -9 while ${name}: the next start ends in the same schema`, { timeout: patience(120_000) }, async (t) => {
    const { url, pool } = await database(t, { migrated: false })
    const { options, lines } = runner(url)
    if (done !== undefined) await migrateUp(options, { to: done })
    const holder = await heldBy(t, url, held)
    const left = await killedWhenStuck(t, url, pool)
    if (terminated) await pool.query('select pg_terminate_backend($1)', [left])
    const next = migrateUp(options)
    await holder.query('rollback')
    await next
    assert.match(lines.join('\n'), sentence)
    assert.deepEqual(await schemaOf(pool), await rightSchema(t))
    assert.deepEqual(
      (await migrationStatus(options)).filter(
        ({ state, missing }) => !['recorded', 'adopted'].includes(state) || missing.length > 0,
      ),
      [],
    )
  })
}

async function heldBy(t: TestContext, url: string, held: string): Promise<pg.Client> {
  const holder = new pg.Client({ connectionString: url })
  await holder.connect()
  onTeardown(t, () => holder.end())
  await holder.query(`begin; ${held}`)
  return holder
}

/** Starts a process that migrates, kills it as soon as it waits for a lock; gives the pid of the server's process, which may live on for a while. */
async function killedWhenStuck(t: TestContext, url: string, pool: pg.Pool): Promise<number> {
  const script = fileURLToPath(new URL('up-process.ts', import.meta.url))
  const child = spawn(process.execPath, ['--import', loader, script, url], { stdio: ['pipe', 'ignore', 'inherit'] })
  onTeardown(t, () => child.kill('SIGKILL'))
  const exit = once(child, 'exit')
  child.stdin.write('go\n')
  const pid = await until(
    'the process waits for a lock',
    async () => {
      const { rows } = await pool.query<{ pid: number }>(`
      select pid
        from pg_stat_activity
       where datname = current_database() and application_name like '%migrations' and wait_event_type = 'Lock'`)
      return rows[0]?.pid
    },
    60_000,
  )
  child.kill('SIGKILL')
  assert.deepEqual(await exit, [null, 'SIGKILL'])
  return pid
}

let known: Promise<string[]> | undefined

function rightSchema(t: TestContext): Promise<string[]> {
  known ??= database(t).then(({ pool }) => schemaOf(pool))
  return known
}
