import type { Queryable } from '../db/db.ts'
import { sql } from '../db/sql.ts'
import type { AncestorRow } from '../domain/ancestors.ts'

/** The invocation that an id stands for: its own, or that of the job of this id. */
export async function invocationIdOf(db: Queryable, id: string): Promise<string | undefined> {
  const rows = await db.query<{ id: string }>(sql`
select i.id
  from invocations i
 where i.id = ${id}::uuid
 union all
select j.invocation_id
  from job_executions j
 where j.id = ${id}::uuid
 limit 1`)
  return rows[0]?.id
}

/**
 * An invocation and all above it, each with the job by which it triggered the one below, in no order; up to a limit. `union` without a depth
 * column drops what was seen before, so a cycle ends by itself (the CYCLE clause is quadratic: 2.8 s at 5,000 levels).
 */
export function climbRows(db: Queryable, invocationId: string, limit: number): Promise<AncestorRow[]> {
  return db.query<AncestorRow>(sql`
with recursive up as (
  select i.id,
         i.source_job_id,
         i.source_function,
         i.created_at,
         null::uuid as job_id,
         null::text as job_name
    from invocations i
   where i.id = ${invocationId}::uuid
   union
  select p.id,
         p.source_job_id,
         p.source_function,
         p.created_at,
         j.id,
         j.job_name
    from up
    join job_executions j
      on j.id = up.source_job_id
    join invocations p
      on p.id = j.invocation_id
)
select id,
       source_job_id as "sourceJobId",
       source_function as "sourceFunction",
       created_at as "createdAt",
       job_id as "jobId",
       job_name as "jobName"
  from up
 limit ${limit}`)
}
