import type { Queryable } from '../db/db.ts'
import { sql, type Sql } from '../db/sql.ts'
import type { LinkWay } from '../domain/link/way.ts'
import type { TriggeringRow } from '../domain/model/link.ts'
import type { EventRow } from '../domain/model/event.ts'
import type { InvocationRow } from '../domain/model/invocation.ts'
import type { JobRow } from '../domain/model/job.ts'
import { numberOf } from './column-types.ts'
import { selected } from './columns.ts'
import { eachWay, linkOfInvocation, sourceJobId, triggeredBy } from './effective-link.ts'
import { eventColumns } from './events.ts'
import { invocationColumns } from './invocations.ts'
import { jobColumns } from './jobs.ts'
import { linkedTo, merged } from './linked.ts'
import { signOfLifeOfJob } from './liveness.ts'
import { fencedOrder, pageOrder } from './page.ts'
import { versionOf } from './version.ts'

/** The events of an invocation, the detected ones first. */
export function eventsOf(db: Queryable, invocationId: string, limit: number, way: LinkWay): Promise<EventRow[]> {
  return db.query<EventRow>(sql`
select ${selected(eventColumns[way])}
  from public.event_executions e
 where e.invocation_id = ${invocationId}::uuid
 order by e.detected desc, e.created_at, e.id
 limit ${limit}`)
}

/** The job that triggered an invocation, and the invocation which that job belongs to; none for a root. */
export function triggeringOf(db: Queryable, invocationId: string, way: LinkWay): Promise<TriggeringRow[]> {
  return db.query<TriggeringRow>(sql`
select ${selected(triggeringColumns[way])}
  from public.invocations i${linkOfInvocation[way]}
  join public.job_executions j
    on j.id = ${sourceJobId[way]}
  join public.invocations p
    on p.id = j.invocation_id
 where i.id = ${invocationId}::uuid`)
}

/** Of a job `j` that triggered something and its invocation `p`. */
export const triggeringColumns = eachWay(
  (way) =>
    ({
      triggeringInvocationId: sql`p.id`,
      triggeringFunction: sql`p.source_function::text`,
      jobId: sql`j.id`,
      jobName: sql`j.job_name::text`,
      jobStatus: sql`j.status::text`,
      jobDurationMs: numberOf(sql`j.duration_ms`),
      jobCreatedAt: sql`j.created_at`,
      jobSignOfLife: signOfLifeOfJob(sql`j`, way),
      triggeringVersion: sql`concat_ws(',', ${versionOf(sql`p`)}, ${versionOf(sql`j`)})`,
    }) satisfies Record<keyof TriggeringRow, Sql>,
)

const idAlone = { id: sql`i.id` }

/** What the jobs of an invocation triggered, oldest first. */
export function triggeredByInvocation(
  db: Queryable,
  invocationId: string,
  limit: number,
  way: LinkWay,
): Promise<InvocationRow[]> {
  return triggered(
    db,
    sql`in (select j.id from public.job_executions j where j.invocation_id = ${invocationId}::uuid)`,
    limit,
    way,
  )
}

/** What a job triggered, oldest first. */
export function triggeredByJob(db: Queryable, jobId: string, limit: number, way: LinkWay): Promise<InvocationRow[]> {
  return triggered(db, sql`= ${jobId}::uuid`, limit, way)
}

function triggered(db: Queryable, ofJobs: Sql, limit: number, way: LinkWay): Promise<InvocationRow[]> {
  const selects = linkedTo(ofJobs, way).map(
    ({ from, at, id, always }) => sql`
select ${selected(invocationColumns[way])}
  from ${from}
 where ${always}
 ${pageOrder(at, id, 'asc')}
 limit ${limit}`,
  )
  return db.query<InvocationRow>(merged(selects, 'asc', sql`limit ${limit}`))
}

/** How many rows stand behind the bounded lists of an invocation. */
export async function countsOf(
  db: Queryable,
  invocationId: string,
  way: LinkWay,
): Promise<{ events: number; detected: number; jobs: number; triggered: number }> {
  const [row] = await db.query<{ events: number; detected: number; jobs: number; triggered: number }>(sql`
select (select count(*)::int
          from public.event_executions e
         where e.invocation_id = ${invocationId}::uuid) as events,
       (select count(*)::int
          from public.event_executions e
         where e.invocation_id = ${invocationId}::uuid
           and e.detected) as detected,
       (select count(*)::int
          from public.job_executions j
         where j.invocation_id = ${invocationId}::uuid) as jobs,
       (select count(*)::int
          from public.job_executions j
         cross join lateral (${triggeredBy(sql`= j.id`, idAlone, way)}) i
         where j.invocation_id = ${invocationId}::uuid) as triggered`)
  return row ?? { events: 0, detected: 0, jobs: 0, triggered: 0 }
}

/** How many invocations a job triggered. */
export async function triggeredCount(db: Queryable, jobId: string, way: LinkWay): Promise<number> {
  const [row] = await db.query<{ count: number }>(sql`
select count(*)::int as count
  from (${triggeredBy(sql`= ${jobId}::uuid`, idAlone, way)}) i`)
  return row?.count ?? 0
}

/** The jobs of an invocation, oldest first. */
export function jobsOf(db: Queryable, invocationId: string, limit: number, way: LinkWay): Promise<JobRow[]> {
  return oldestJobs(db, sql`j.invocation_id = ${invocationId}::uuid`, limit, way)
}

/** The jobs that the handler of an event ran, oldest first. */
export function jobsOfEvent(db: Queryable, eventId: string, limit: number, way: LinkWay): Promise<JobRow[]> {
  return oldestJobs(db, sql`j.event_execution_id = ${eventId}::uuid`, limit, way)
}

function oldestJobs(db: Queryable, ofWhom: Sql, limit: number, way: LinkWay): Promise<JobRow[]> {
  return db.query<JobRow>(sql`
select ${selected(jobColumns[way])}
  from public.job_executions j
 where ${ofWhom}
 ${fencedOrder(sql`j.created_at`, sql`j.id`, 'asc')}
 limit ${limit}`)
}

/** How many jobs the handler of an event ran. */
export async function jobCountOfEvent(db: Queryable, eventId: string): Promise<number> {
  const [row] = await db.query<{ count: number }>(sql`
select count(*)::int as count
  from public.job_executions j
 where j.event_execution_id = ${eventId}::uuid`)
  return row?.count ?? 0
}
