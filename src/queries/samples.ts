import type { Queryable } from '../db/db.ts'
import { sql } from '../db/sql.ts'

/** A recent link, for samples that lead to something: the triggered invocation and the job that triggered it. Without links, any recent invocation. */
export async function sampleIds(db: Queryable): Promise<{ invocation?: string; job?: string }> {
  const [link] = await db.query<{ invocation: string; job: string }>(sql`
select i.id as invocation,
       i.source_job_id as job
  from invocations i
 where i.source_job_id is not null
 order by i.created_at desc
 limit 1`)
  if (link) return link
  const [any] = await db.query<{ invocation: string }>(sql`
select i.id as invocation
  from invocations i
 order by i.created_at desc
 limit 1`)
  return any ?? {}
}
