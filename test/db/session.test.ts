import assert from 'node:assert/strict'
import test from 'node:test'
import type pg from 'pg'
import { pino } from 'pino'
import { migrateUp } from '../../src/db/migrate/migrate.ts'
import { createReader, type ReaderPool } from '../../src/db/pool/pool.ts'
import { sql } from '../../src/db/sql.ts'
import { runner } from '../migrations/setup.ts'
import { database } from '../support/database.ts'
import { cutShort } from '../support/cut-short.ts'
import { addExample, filled, inOneWindow, lists, samples } from '../support/endpoints.ts'
import { forest, insertForest } from '../support/forest.ts'
import { forgetfulPooler } from '../support/pooler.ts'
import { serve } from '../support/serve.ts'
import { service, type Answer } from '../support/service.ts'
import { onTeardown } from '../support/teardown.ts'
import { until } from '../support/until.ts'

/** A value of each kind that is not the default; of a number or a text only those that are named here are changed. */
const odd: Readonly<Record<string, string>> = {
  DateStyle: 'German,DMY',
  TimeZone: 'Asia/Tokyo',
  extra_float_digits: '-15',
  search_path: 'nowhere',
  client_encoding: 'LATIN1',
  timezone_abbreviations: 'Australia',
  statement_timeout: '1ms',
  lock_timeout: '1ms',
  idle_in_transaction_session_timeout: '1ms',
  idle_session_timeout: '1min',
  transaction_timeout: '1min',
  tcp_user_timeout: '1000',
  default_transaction_isolation: 'serializable',
  client_min_messages: 'debug5',
  cursor_tuple_fraction: '0',
  from_collapse_limit: '1',
  join_collapse_limit: '1',
  geqo_threshold: '2',
  gin_fuzzy_search_limit: '1',
  recursive_worktable_factor: '1000000',
  jit_above_cost: '0',
  jit_inline_above_cost: '0',
  jit_optimize_above_cost: '0',
  parallel_setup_cost: '0',
  parallel_tuple_cost: '0',
  min_parallel_table_scan_size: '0',
  min_parallel_index_scan_size: '0',
  work_mem: '64kB',
  temp_buffers: '800kB',
  random_page_cost: '0',
  seq_page_cost: '1000000',
  default_text_search_config: 'pg_catalog.german',
  'plpgsql.extra_errors': 'all',
  'plpgsql.extra_warnings': 'all',
  default_table_access_method: 'nothing',
  hash_mem_multiplier: '1',
}
/** Not of a session that begins: these hold for its first transaction only. (What prints every plan would fill the server's log.) */
const left = new Set([
  'transaction_isolation',
  'transaction_read_only',
  'transaction_deferrable',
  'debug_print_parse',
  'debug_print_plan',
  'debug_print_rewritten',
])

/** Every setting that a user may change gets another value than its default, for whoever connects to this database from now on. */
async function setEverything(pool: pg.Pool): Promise<string[]> {
  const { rows } = await pool.query<{ name: string; vartype: string; boot_val: string; enumvals: string[] | null }>(`
    select name, vartype, boot_val, enumvals from pg_settings where context = 'user' union all select unnest(array['plpgsql.extra_errors', 'plpgsql.extra_warnings']), 'string', 'none', null`)
  const set: string[] = []
  for (const { name, vartype, boot_val, enumvals } of rows) {
    const value =
      odd[name] ??
      (vartype === 'bool' ? (boot_val === 'on' ? 'off' : 'on') : enumvals?.find((each) => each !== boot_val))
    if (value === undefined || left.has(name)) continue
    const text = name === 'search_path' ? value : `'${value}'`
    await pool.query(
      `do $do$ begin execute format('alter database %I set ${name} = ${text.replaceAll("'", "''")}', current_database()); end $do$`,
    )
    set.push(name)
  }
  return set
}

test('no setting that a role or a database may have changes an answer: all of them at once', async (t) => {
  const { get, pool, url } = await service(t)
  const rows = forest(1, 60, Date.parse('2026-11-22T09:00:00Z'))
  await insertForest(pool, rows)
  const ids = await addExample(pool)
  const roots = rows.invocations.filter(({ source_job_id }) => source_job_id === null).slice(0, 3)
  const paths = [
    ...samples.map((sample) => filled(inOneWindow(sample), ids)),
    ...lists.map((list) => `${list}?window=99999w`),
    '/trees?window=99999w&status=failed',
    ...roots.map(({ id }) => `/trees/${id}?include=events`),
    ...roots.map(({ id }) => `/invocations/${id}`),
  ]
  // One after the other: readiness answers within 2 s, and asked beside 100 others on a busy machine it says that the database does not.
  const answers = async (ask: typeof get): Promise<object[]> => {
    const all: object[] = []
    for (const path of paths)
      all.push(
        await until(`${path} looks at all in its time`, async () => {
          const answer = await ask(path)
          return cutShort(answer.text) ? undefined : withoutNow(answer)
        }),
      )
    return all
  }
  const before = await answers(get)
  const set = await setEverything(pool)
  assert.ok(set.length > 60, `only ${set.length} were set`)
  const other = await service(t, {}, { url, pool })
  assert.deepEqual(await answers(other.get), before)
})

/** The window of a page and the time of an answer move with the clock. */
function withoutNow({ text, json }: Answer<Record<string, unknown> | undefined>): object {
  if (json === undefined) return { text: text.replace(/"asOf":"[^"]*"/, '') }
  const { page, links, ...rest } = json
  return {
    ...rest,
    ...(links ? { links: { ...links, lookedAt: null } } : {}),
    asOf: null,
    page: { ...(page as object | undefined), from: null, to: null, nextCursor: null },
  }
}

test('migrations run whatever a role or a database sets', async (t) => {
  const { pool, url } = await database(t, { migrated: false })
  await setEverything(pool)
  const { applied } = await migrateUp(runner(url).options)
  assert.ok(applied.length > 3)
  assert.deepEqual((await migrateUp(runner(url).options)).applied, [])
})

test('timeouts that only newer versions know are ours too', async (t) => {
  const { pool, url } = await database(t)
  await setEverything(pool)
  const db = opened(t, url)
  const rows = await db.query<{ name: string; setting: string }>(
    sql`select name, setting from pg_settings where name in ('idle_session_timeout', 'transaction_timeout', 'statement_timeout', 'jit', 'row_security') order by name`,
  )
  const expected: Record<string, string> = {
    idle_session_timeout: '0',
    jit: 'off',
    row_security: 'off',
    statement_timeout: '5000',
    transaction_timeout: '0',
  }
  assert.deepEqual(
    rows,
    rows.map(({ name }) => ({ name, setting: expected[name] })),
  )
  assert.ok(rows.length >= 3)
})

test('no switch of the planner is left as a role or a database set it, not even one of a newer Postgres', async (t) => {
  const { pool, url } = await database(t)
  await setEverything(pool)
  const rows = await opened(t, url).query<{ name: string }>(sql`
select s.name
  from pg_settings s
 where s.name like 'enable\\_%'
   and s.setting <> s.boot_val`)
  assert.deepEqual(rows, [])
})

function opened(t: Parameters<typeof database>[0], url: string): ReaderPool {
  const db = createReader()
  db.start({
    url,
    size: 1,
    connectTimeout: 5000,
    statementTimeout: 5000,
    lockTimeout: 5000,
    log: pino({ level: 'silent' }),
  })
  onTeardown(t, () => db.end())
  return db
}

const dropped =
  /does not have the settings that the service asks for \(search_path is "\$user", public instead of pg_catalog,pg_temp, .*\): a pooler drops them, as PgBouncer with ignore_startup_parameters does, .*let DATABASE_URL lead to Postgres itself$/

test('a pooler that drops what a connection asks for stops the start, with and without migrations', async (t) => {
  const { pool, url } = await database(t)
  await pool.query(`do $$ begin execute format('alter database %I set datestyle = german', current_database()); end $$`)
  const pooled = await forgetfulPooler(t, url)
  for (const MIGRATE_ON_START of ['on', 'off']) {
    const run = await serve(t, { DATABASE_URL: pooled, MIGRATE_ON_START })
    assert.equal(await run.ended(), 1)
    assert.match(run.messages().at(-1) ?? '', dropped)
  }
})

test('a pooler that comes between later is told in the log, and answers are 503', async (t) => {
  const { url, pool } = await database(t)
  const pooled = await forgetfulPooler(t, url)
  await assert.rejects(
    opened(t, pooled).query(sql`select 1`),
    (error: Error & { code?: string }) => error.code === 'SETTINGS_LOST' && dropped.test(error.message),
  )
  const { get } = await service(t, {}, { url: pooled, pool })
  assert.equal((await get('/invocations')).status, 503)
})
