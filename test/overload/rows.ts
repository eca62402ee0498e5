import pg from 'pg'
import { addLargeTree } from '../support/rows.ts'

/** What demo data lacks: the paths of a tree of 100 invocations, and of one that is too large for the buffers between the two ends. */
export async function addTrees(connectionString: string): Promise<{ hundred: string; large: string }> {
  const pool = new pg.Pool({ connectionString, max: 1 })
  try {
    return { hundred: await addHundred(pool), large: `${await addLargeTree(pool)}?format=ndjson` }
  } finally {
    await pool.end()
  }
}

/** Each invocation has an event and a job, and each job triggers three invocations, until there are 100. */
async function addHundred(pool: pg.Pool): Promise<string> {
  const id = (table: string, n: string): string => `md5('hundred ${table} ' || ${n})::uuid`
  const { rows } = await pool.query<{ id: string }>(`
    insert into invocations (id, created_at, source_function, source_event_payload, status, total_duration_ms)
    select ${id('invocation', 'n')}, now() + n * interval '10 ms', 'on-order-created', '{}', 'completed', 100 from generate_series(0, 99) n
    returning id`)
  await pool.query(`
    insert into event_executions (id, invocation_id, event_name, detected, status)
    select ${id('event', 'n')}, ${id('invocation', 'n')}, 'order-placed', true, 'completed' from generate_series(0, 99) n`)
  await pool.query(`
    insert into job_executions (id, invocation_id, event_execution_id, job_name, job_function_name, status, duration_ms)
    select ${id('job', 'n')}, ${id('invocation', 'n')}, ${id('event', 'n')}, 'capture-payment', 'capture-payment', 'completed', 50 from generate_series(0, 99) n`)
  await pool.query(`
    update invocations i set source_job_id = ${id('job', '((n - 1) / 3)')} from generate_series(1, 99) n where i.id = ${id('invocation', 'n')}`)
  return `/trees/${rows[0]?.id}`
}
