import type pg from 'pg'
import type { Rows, Transport } from './rows.ts'

/**
 * Writes what a process has buffered, in the statements of its writer: several rows a statement, invocations → events → jobs. Call it again with
 * the same ids for what a later flush of that process says of them. Throws what the database says against it.
 */
export type Flush = (client: pg.ClientBase, rows: Rows) => Promise<void>

export const flushes: Record<Transport, Flush> = {
  sql: flushSql,
  graphql: flushGraphql,
  eventkit: flushEventKit,
  'eventkit-late-jobs': flushEventKit,
}

const eventColumns = [
  'invocation_id',
  'correlation_id',
  'event_name',
  'event_module_path',
  'detected',
  'detection_duration_ms',
  'detection_error',
  'detection_error_stack',
  'handler_duration_ms',
  'handler_error',
  'handler_error_stack',
  'jobs_count',
  'jobs_succeeded',
  'jobs_failed',
  'status',
  'updated_at',
]
const jobColumns = [
  'invocation_id',
  'event_execution_id',
  'correlation_id',
  'job_name',
  'job_function_name',
  'job_options',
  'duration_ms',
  'status',
  'result',
  'error_message',
  'error_stack',
  'updated_at',
]
const counters = [
  'total_duration_ms',
  'events_detected_count',
  'total_jobs_run',
  'total_jobs_succeeded',
  'total_jobs_failed',
]
const source = ['correlation_id', 'source_function', 'source_table', 'source_operation', 'source_system']
const sourceEvent = [
  'source_event_id',
  'source_event_payload',
  'source_event_time',
  'source_user_email',
  'source_user_role',
]
const oldInvocationColumns = [
  ...source,
  ...sourceEvent,
  ...counters,
  'auto_load_modules',
  'event_modules_directory',
  'status',
  'error_message',
  'error_stack',
  'context_data',
  'updated_at',
]

/** The old writer's default: one transaction for the three tables, no schema before a table's name, and the column source_job_id left out. */
async function flushSql(client: pg.ClientBase, { invocations, events, jobs }: Rows): Promise<void> {
  const upsert = async (table: string, columns: string[], rows: ReadonlyArray<object>): Promise<void> => {
    if (rows.length === 0) return
    const all = ['id', ...columns, 'created_at']
    const values: unknown[] = []
    const tuples = rows.map(
      (row) => `(${all.map((column) => `$${values.push(valueOf(row, column) ?? null)}`).join(', ')})`,
    )
    await client.query(
      `
      INSERT INTO ${table} (${all.join(', ')})
      VALUES ${tuples.join(', ')}
      ON CONFLICT (id) DO UPDATE SET ${columns.map((column) => `${column} = EXCLUDED.${column}`).join(', ')}`,
      values,
    )
  }
  await client.query('BEGIN')
  try {
    await upsert('invocations', oldInvocationColumns, invocations)
    await upsert('event_executions', eventColumns, events)
    await upsert('job_executions', jobColumns, jobs)
    await client.query('COMMIT')
  } catch (error) {
    await client.query('ROLLBACK')
    throw error
  }
}

/** The old writer through Hasura: a mutation, and so a transaction, for each table; it names source_job_id, which an upsert may set back to NULL. */
async function flushGraphql(client: pg.ClientBase, { invocations, events, jobs }: Rows): Promise<void> {
  await mutate(client, 'invocations', [...oldInvocationColumns, 'source_job_id'], invocations)
  await mutate(client, 'event_executions', eventColumns, events)
  await mutate(client, 'job_executions', jobColumns, jobs)
}

const eventKitInvocationColumns = [
  ...source,
  'source_type',
  ...sourceEvent,
  'source_job_id',
  'context_data',
  ...counters,
  'status',
  'error_message',
  'error_stack',
  'updated_at',
]

/** EventKit through Hasura: source_type is among the columns of every upsert; a link that the foreign key refuses is dropped, and the row kept. */
async function flushEventKit(client: pg.ClientBase, { invocations, events, jobs }: Rows): Promise<void> {
  try {
    await mutate(client, 'invocations', eventKitInvocationColumns, invocations)
  } catch (error) {
    if (!/source_job_id/.test(String(error))) throw error
    await mutate(
      client,
      'invocations',
      eventKitInvocationColumns,
      invocations.map((row) => ({ ...row, source_job_id: null })),
    )
  }
  await mutate(client, 'event_executions', eventColumns, events)
  await mutate(client, 'job_executions', jobColumns, jobs)
}

/** The statement that Hasura makes of an insert mutation with on_conflict: what an object does not have becomes DEFAULT. */
async function mutate(
  client: pg.ClientBase,
  table: string,
  columns: string[],
  rows: ReadonlyArray<object>,
): Promise<void> {
  if (rows.length === 0) return
  const all = ['id', 'created_at', ...columns]
  const values: unknown[] = []
  const bound = (value: unknown): string => (value === undefined ? 'DEFAULT' : `$${values.push(value)}`)
  const tuples = rows.map((row) => `(${all.map((column) => bound(valueOf(row, column))).join(', ')})`)
  await client.query(
    `
    WITH "${table}__mutation_result_alias" AS (
      INSERT INTO "public"."${table}" (${all.map(quoted).join(', ')})
      VALUES ${tuples.join(', ')}
      ON CONFLICT ON CONSTRAINT "${table}_pkey" DO UPDATE SET ${columns.map((column) => `${quoted(column)} = "excluded".${quoted(column)}`).join(', ')}
      RETURNING *
    )
    SELECT json_build_object('affected_rows', (SELECT COUNT(*) FROM "${table}__mutation_result_alias")) AS "root"`,
    values,
  )
}

function quoted(name: string): string {
  return `"${name}"`
}

/** jsonb goes as JSON text. */
function valueOf(row: object, column: string): unknown {
  const value: unknown = row[column as keyof typeof row]
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : value
}
