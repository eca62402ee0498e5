import { randomUUID } from 'node:crypto'
import type pg from 'pg'

interface InvocationRow {
  id: string
  created_at: string
  updated_at: string
  source_function: string
  source_event_payload: string
  source_job_id: string | null
  status: string
  total_duration_ms: number | null
  [column: string]: unknown
}

let last = { ms: 0, count: 0 }

/** Now, but later than each that was given before: rows of one millisecond would else be ordered by their random ids. */
function nextInstant(): string {
  const ms = Math.max(Date.now(), last.ms)
  last = { ms, count: ms === last.ms ? last.count + 1 : 0 }
  return new Date(ms).toISOString().replace('Z', `${String(last.count).padStart(3, '0')}Z`)
}

/** Inserts an invocation, completed after 100 ms unless said otherwise; returns its id. */
export async function addInvocation(pool: pg.Pool, given: Partial<InvocationRow> = {}): Promise<string> {
  const created_at = given.created_at ?? nextInstant()
  return insert(pool, 'invocations', {
    id: randomUUID(),
    created_at,
    updated_at: created_at,
    source_function: 'on-order-created',
    source_event_payload: '{}',
    source_job_id: null,
    status: 'completed',
    total_duration_ms: 100,
    ...given,
  })
}

/** Inserts what is kept of the link of an invocation: of a job that is not there, and recovered, unless said otherwise. */
export async function addKeptLink(
  pool: pg.Pool,
  invocationId: string,
  given: Record<string, unknown> = {},
): Promise<void> {
  const { rows } = await pool.query<{ created_at: string }>(
    'select created_at::text from public.invocations where id = $1',
    [invocationId],
  )
  await insert(pool, 'observability_links', {
    invocation_id: invocationId,
    created_at: rows[0]?.created_at ?? nextInstant(),
    job_id: randomUUID(),
    state: 'recovered',
    rule_version: 1,
    rule_settings: '',
    ...given,
  })
}

/** Inserts a detected, completed event of an invocation; returns its id. */
export async function addEvent(
  pool: pg.Pool,
  invocationId: string,
  given: Record<string, unknown> = {},
): Promise<string> {
  const created_at = given['created_at'] ?? nextInstant()
  return insert(pool, 'event_executions', {
    id: randomUUID(),
    invocation_id: invocationId,
    created_at,
    updated_at: created_at,
    event_name: 'order-placed',
    detected: true,
    status: 'completed',
    ...given,
  })
}

/** Inserts a job (and an event for it, unless `event_execution_id` is given), completed after 50 ms; returns its id. */
export async function addJob(
  pool: pg.Pool,
  invocationId: string,
  given: Record<string, unknown> = {},
): Promise<string> {
  const created_at = given['created_at'] ?? nextInstant()
  const event_execution_id = given['event_execution_id'] ?? (await addEvent(pool, invocationId, { created_at }))
  return insert(pool, 'job_executions', {
    id: randomUUID(),
    invocation_id: invocationId,
    event_execution_id,
    created_at,
    updated_at: created_at,
    job_name: 'capture-payment',
    status: 'completed',
    duration_ms: 50,
    ...given,
  })
}

async function insert(pool: pg.Pool, table: string, row: Record<string, unknown>): Promise<string> {
  const columns = Object.keys(row)
  await pool.query(
    `insert into ${table} (${columns.join(', ')}) values (${columns.map((_, at) => `$${at + 1}`).join(', ')})`,
    Object.values(row),
  )
  return String(row['id'])
}

/** A tree of 9,000 nodes, 8 MB as nested JSON: more than the buffers between the two ends hold. Its path. */
export async function addLargeTree(pool: pg.Pool): Promise<string> {
  const root = await addInvocation(pool)
  const job = await addJob(pool, root)
  await pool.query(
    `
    insert into invocations (created_at, source_function, source_event_payload, source_job_id, status, error_message)
    select now(), 'wide', '{}', $1, 'completed', repeat('x', 500) from generate_series(1, 9000)`,
    [job],
  )
  return `/trees/${root}`
}
