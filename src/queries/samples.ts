import type { Queryable } from '../db/db.ts'
import { sql } from '../db/sql.ts'

/** What samples of requests can name: an invocation of this database and when it began, and the job that triggered it. */
export interface Sample {
  invocation: string
  createdAt: string
  job: string | null
}

/** The newest invocation that a job triggered; without links, the newest of all; none in an empty database. */
export async function newestSample(db: Queryable): Promise<Sample | undefined> {
  const [link] = await db.query<Sample>(sql`
select i.id as invocation,
       i.created_at as "createdAt",
       i.source_job_id as job
  from public.invocations i
 where i.source_job_id is not null
 order by i.created_at desc
 limit 1`)
  if (link) return link
  const [any] = await db.query<Sample>(sql`
select i.id as invocation,
       i.created_at as "createdAt",
       null as job
  from public.invocations i
 order by i.created_at desc
 limit 1`)
  return any
}
