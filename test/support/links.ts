import type { TestContext } from 'node:test'
import type pg from 'pg'
import type { Writer } from '../../src/db/db.ts'
import { openWriter } from '../../src/db/writer.ts'
import type { Lease } from '../../src/queries/recovery/lease.ts'
import { LINKS, takeLease } from '../../src/workers/lease.ts'
import { onTeardown } from './teardown.ts'

/** A session that writes links, and its lease. */
export async function linkWriter(t: TestContext, url: string): Promise<{ writer: Writer; lease: Lease }> {
  const writer = await openWriter({ connection: { connectionString: url }, name: 'links', statementTimeout: 30_000 })
  onTeardown(t, () => writer.end())
  const lease = await takeLease(writer, LINKS, 'test')
  if (!lease) throw new Error('somebody else holds the lease')
  return { writer, lease }
}

/** A link that is kept: invocation → job. */
export interface KeptLink {
  invocation_id: string
  job_id: string
  state: string
  updated_before: string | null
  updated_after: string | null
}

export async function keptLinks(pool: pg.Pool): Promise<KeptLink[]> {
  const { rows } = await pool.query<KeptLink>(`
    select invocation_id, job_id, state, updated_before::text, updated_after::text
      from public.observability_links
     order by created_at, invocation_id`)
  return rows
}

/** What source_job_id holds, by id of the invocation. */
export async function columnOf(pool: pg.Pool): Promise<Map<string, string | null>> {
  const { rows } = await pool.query<{ id: string; source_job_id: string | null }>(
    `select id, source_job_id from public.invocations order by id`,
  )
  return new Map(rows.map(({ id, source_job_id }) => [id, source_job_id]))
}
