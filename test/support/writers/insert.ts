import type pg from 'pg'
import type { WritersForest } from './forest.ts'

const widened = `
  alter table public.invocations drop constraint invocations_status_check;
  alter table public.invocations add constraint invocations_status_check check (status in ('running', 'completed', 'failed', 'timeout'));
  alter table public.job_executions drop constraint job_executions_status_check;
  alter table public.job_executions add constraint job_executions_status_check check (status in ('running', 'completed', 'failed', 'timed_out', 'skipped'))`

/** Puts the rows of a forest into a migrated database as they are, updated_at included; widens the CHECKs first where its options say so. */
export async function insertWriters(pool: pg.Pool, { options, rows }: WritersForest): Promise<void> {
  if (options.widenedChecks) await pool.query(widened)
  const client = await pool.connect()
  try {
    await client.query('begin')
    // Links and updated_at are given, so neither the order of the foreign keys nor the triggers of updates are wanted.
    await client.query('set local session_replication_role = replica')
    await insert(client, 'invocations', rows.invocations)
    await insert(client, 'event_executions', rows.events)
    await insert(client, 'job_executions', rows.jobs)
    await client.query('commit')
  } finally {
    client.release()
  }
  await pool.query('analyze public.invocations, public.event_executions, public.job_executions')
}

/** 500 rows a statement; fields that a row has not become NULL. */
async function insert(client: pg.ClientBase, table: string, rows: ReadonlyArray<object>): Promise<void> {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))].join(', ')
  for (let from = 0; from < rows.length; from += 500) {
    const some = JSON.stringify(rows.slice(from, from + 500))
    await client.query(
      `insert into public.${table} (${columns}) select ${columns} from jsonb_populate_recordset(null::public.${table}, $1)`,
      [some],
    )
  }
}
