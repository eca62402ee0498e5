import type { Queryable } from '../db/db.ts'
import { sql } from '../db/sql.ts'
import type { LinkWay } from '../domain/link/way.ts'
import { isRoot, linkOfInvocation, sourceJobId } from './effective-link.ts'
import { linked, merged, type Linked } from './linked.ts'

/** An invocation that samples of requests can name, and when it began. */
export interface InvocationSample {
  id: string
  createdAt: string
  correlationId: string | null
}

/** A job that samples of requests can name, the invocation in which it ran, and the event whose handler ran it. */
export interface JobSample {
  id: string
  invocationId: string
  eventExecutionId: string
}

/** What there is to name in this database; undefined where there is none of a kind. */
export interface Samples {
  root: InvocationSample | undefined
  /** Triggered by `job`. */
  triggered: InvocationSample | undefined
  job: JobSample | undefined
  /** The newest of those whose link was lost. */
  lost: InvocationSample | undefined
}

/** The newest root, the newest invocation that a job triggered, and that job: without links, the newest of all jobs. */
export async function newestSamples(db: Queryable, way: LinkWay): Promise<Samples> {
  const [root] = await newestInvocation(db, [
    { from: sql`public.invocations i${linkOfInvocation[way]}`, at: sql`i.created_at`, always: isRoot[way] },
  ])
  const [triggered] = await newestInvocation(db, linked(way))
  const [job] = triggered ? await triggeringJob(db, triggered.id, way) : await newestJob(db)
  const [lost] = way === 'column' ? [] : await newestLost(db)
  return { root, triggered, job, lost }
}

// What lies ahead of the clock is in no window up to now, and what lies at -infinity in none that ends.
function newestInvocation(
  db: Queryable,
  branches: Array<Pick<Linked, 'from' | 'at' | 'always'>>,
): Promise<InvocationSample[]> {
  const selects = branches.map(
    ({ from, at, always }) => sql`
select i.id,
       i.created_at as "createdAt",
       i.correlation_id::text as "correlationId"
  from ${from}
 where ${always}
   and ${at} between '0001-01-02' and now()
 order by ${at} desc
 limit 1`,
  )
  return db.query<InvocationSample>(merged(selects, 'desc', sql`limit 1`))
}

function newestLost(db: Queryable): Promise<InvocationSample[]> {
  return db.query<InvocationSample>(sql`
select k.invocation_id as id,
       k.created_at as "createdAt",
       null::text as "correlationId"
  from public.observability_links k
 where k.created_at between '0001-01-02' and now()
 order by k.created_at desc
 limit 1`)
}

function triggeringJob(db: Queryable, invocationId: string, way: LinkWay): Promise<JobSample[]> {
  return db.query<JobSample>(sql`
select j.id,
       j.invocation_id as "invocationId",
       j.event_execution_id as "eventExecutionId"
  from public.invocations i${linkOfInvocation[way]}
  join public.job_executions j
    on j.id = ${sourceJobId[way]}
 where i.id = ${invocationId}`)
}

function newestJob(db: Queryable): Promise<JobSample[]> {
  return db.query<JobSample>(sql`
select j.id,
       j.invocation_id as "invocationId",
       j.event_execution_id as "eventExecutionId"
  from public.job_executions j
 order by j.created_at desc
 limit 1`)
}
