import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import pg from 'pg'
import { checkMigrations } from '../../src/db/migrate/check.ts'
import { readMigrations } from '../../src/db/migrate/files.ts'
import { migrateUp } from '../../src/db/migrate/migrate.ts'
import { parseScript } from '../../src/db/migrate/script.ts'
import { database, type TestDatabase } from '../support/database.ts'
import { onTeardown } from '../support/teardown.ts'
import type { InvocationRow, JobRow, Rows, Transport } from '../support/writers/rows.ts'
import { flushes } from '../support/writers/upserts.ts'
import { folder, psql, runner } from './setup.ts'

const transports = Object.keys(flushes) as Transport[]
const names = (await readMigrations(folder)).map(({ name }) => name)

/** Each: how the database came to be. */
const databases: Array<{ name: string; make: (t: TestContext) => Promise<TestDatabase> }> = [
  { name: 'that the service made', make: (t) => database(t) },
  {
    name: 'made by hand',
    make: async (t) => {
      const made = await database(t, { migrated: false })
      for (const name of names) await runByHand(made, `${name}_up.sql`)
      return made
    },
  },
  {
    name: 'adopted without source_type',
    make: async (t) => {
      const made = await database(t, { migrated: false })
      await migrateUp(runner(made.url).options, { to: '004' })
      await made.pool.query('drop table observability_migrations')
      const { applied, adopted } = await migrateUp(runner(made.url).options)
      assert.deepEqual([adopted, applied[0]], [names.slice(0, 5), '005_add_source_type'])
      return made
    },
  },
]

/** With psql where it is installed, otherwise statement by statement, as psql sends them. */
async function runByHand({ url, pool }: TestDatabase, file: string): Promise<void> {
  const run = psql(url, file)
  if (run !== undefined) return assert.equal(run.code, 0, run.output)
  const client = await pool.connect()
  for (const statement of parseScript(file, readFileSync(join(folder, file), 'utf8')).statements)
    await client.query(statement)
  client.release(true)
}

for (const { name, make } of databases) {
  test(`every writer can write, twice the same rows and several at once, to a database ${name}`, async (t) => {
    const { url, pool } = await make(t)
    for (const transport of transports) {
      const client = await connect(t, url)
      const { running, ended } = twoCalls(transport)
      await flushes[transport](client, running)
      await flushes[transport](client, ended)
      const ids = ended.invocations.map(({ id }) => id)
      const { rows } = await pool.query(
        `
        select i.status, i.source_job_id as "sourceJobId", i.source_type as "sourceType", e.status as event, j.status as job, j.duration_ms as "durationMs"
          from invocations i join event_executions e on e.invocation_id = i.id join job_executions j on j.event_execution_id = e.id
         where i.id = any ($1) order by array_position($1, i.id)`,
        [ids],
      )
      const sourceType = transport.startsWith('eventkit') ? 'database' : null
      const row = {
        status: 'completed',
        sourceJobId: null,
        sourceType,
        event: 'completed',
        job: 'completed',
        durationMs: 40,
      }
      assert.deepEqual(
        rows,
        [row, { ...row, sourceJobId: transport === 'sql' ? null : running.jobs[0]?.id }],
        transport,
      )
    }
  })
}

test('without the column EventKit is refused and the others are not; a service that may only check starts, and says so', async (t) => {
  const { url } = await database(t, { migrated: false })
  await migrateUp(runner(url).options, { to: '004' })
  const client = await connect(t, url)
  for (const transport of transports) {
    const flush = flushes[transport](client, twoCalls(transport).running)
    if (transport.startsWith('eventkit'))
      await assert.rejects(flush, /column "source_type" of relation "invocations" does not exist/)
    else await flush
  }
  const { options, lines } = runner(url)
  assert.deepEqual((await checkMigrations(options)).missing, [
    'column invocations.source_type (005_add_source_type_up.sql)',
    'index event_executions_crashes_by_invocation (006_index_event_executions_crashes_by_invocation_up.sql)',
    'index event_executions_detected_newest (007_index_event_executions_detected_newest_up.sql)',
    'table observability_leases (008_create_link_tables_up.sql)',
    'table observability_links (008_create_link_tables_up.sql)',
    'table observability_scans (008_create_link_tables_up.sql)',
    'index observability_links_recovered_by_job (009_index_observability_links_recovered_up.sql)',
    'index observability_links_recovered_newest (009_index_observability_links_recovered_up.sql)',
    'table observability_hours (010_create_rollup_tables_up.sql)',
    'table observability_rollups (010_create_rollup_tables_up.sql)',
    'table observability_shapes (011_create_tree_summary_tables_up.sql)',
    'table observability_tree_hours (011_create_tree_summary_tables_up.sql)',
    'table observability_trees (011_create_tree_summary_tables_up.sql)',
    'table observability_search (012_create_search_tables_up.sql)',
    'table observability_search_reach (012_create_search_tables_up.sql)',
  ])
  assert.match(
    lines.join('\n'),
    /^warn the database lacks column invocations\.source_type \(005_add_source_type_up\.sql\): EventKit cannot write to it until that migration is run /,
  )
})

test('a link to a job that never arrived costs EventKit the link, not the row', async (t) => {
  const { url, pool } = await database(t)
  const { ended } = twoCalls('eventkit')
  const [first, second] = ended.invocations
  await flushes.eventkit(await connect(t, url), {
    invocations: [first, { ...second, source_job_id: randomUUID() }] as InvocationRow[],
    events: [],
    jobs: [],
  })
  assert.deepEqual((await pool.query('select source_job_id from invocations')).rows, [
    { source_job_id: null },
    { source_job_id: null },
  ])
})

test('the start log says once that Hasura must reload its metadata: when 005 has run', async (t) => {
  const { url } = await database(t, { migrated: false })
  const { options, lines } = runner(url)
  await migrateUp(options)
  assert.equal(lines.filter((line) => /reload the metadata of Hasura/.test(line)).length, 1)
  lines.length = 0
  await migrateUp(options)
  assert.deepEqual(lines, [])
})

async function connect(t: TestContext, url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  onTeardown(t, () => client.end())
  return client
}

/** Two calls of a function, of which a job of the first triggers the second: as they are flushed while they run, and after they have ended. */
function twoCalls(transport: Transport): { running: Rows; ended: Rows } {
  const ids = [randomUUID(), randomUUID()]
  const ended: Rows = { invocations: [], events: [], jobs: [] }
  for (const id of ids) {
    const common = {
      created_at: new Date().toISOString(),
      updated_at: new Date().toISOString(),
      correlation_id: ids[0] ?? '',
    }
    const job: JobRow = {
      id: randomUUID(),
      invocation_id: id,
      event_execution_id: randomUUID(),
      ...common,
      job_name: 'capture-payment',
      job_function_name: 'capture-payment',
      job_options: { retries: 1 },
      duration_ms: 40,
      status: 'completed',
      result: { ok: true },
      error_message: null,
      error_stack: null,
    }
    ended.invocations.push({
      id,
      ...common,
      source_function: 'on-order-created',
      source_table: 'public.orders',
      source_operation: 'INSERT',
      source_system: 'hasura',
      source_job_id: ended.jobs[0]?.id ?? null,
      source_event_id: randomUUID(),
      source_event_payload: { event: { op: 'INSERT' } },
      source_event_time: common.created_at,
      source_user_email: null,
      source_user_role: 'admin',
      total_duration_ms: 60,
      events_detected_count: 1,
      total_jobs_run: 1,
      total_jobs_succeeded: 1,
      total_jobs_failed: 0,
      status: 'completed',
      error_message: null,
      error_stack: null,
      context_data: null,
      ...(transport.startsWith('eventkit')
        ? { source_type: 'database' }
        : { auto_load_modules: true, event_modules_directory: './events' }),
    })
    ended.events.push({
      id: job.event_execution_id,
      invocation_id: id,
      ...common,
      event_name: 'order-placed',
      event_module_path: './events/order-placed.ts',
      detected: true,
      detection_duration_ms: 2,
      detection_error: null,
      detection_error_stack: null,
      handler_duration_ms: 45,
      handler_error: null,
      handler_error_stack: null,
      jobs_count: 1,
      jobs_succeeded: 1,
      jobs_failed: 0,
      status: 'completed',
    })
    ended.jobs.push(job)
  }
  const running = {
    // The job that triggered the second is not there yet, so its writer cannot name it.
    invocations: ended.invocations.map((row) => ({
      ...row,
      status: 'running',
      total_duration_ms: null,
      source_job_id: null,
    })),
    events: ended.events.map((row) => ({ ...row, status: 'handling', handler_duration_ms: null })),
    jobs: ended.jobs.map((row) => ({ ...row, status: 'running', duration_ms: null, result: null })),
  }
  return { running, ended }
}
