import type { Queryable } from '../../db/db.ts'
import { sql } from '../../db/sql.ts'
import { messageOf } from '../column-types.ts'

/** A row that was found: an invocation, a job or an event. `at` is Postgres text. */
export interface HitRow {
  kind: 'invocation' | 'job' | 'event'
  id: string
  invocationId: string
  name: string
  status: string
  at: string
  errorMessage: string | null
}

const invocation = sql`
select 'invocation' as kind,
       i.id,
       i.id as "invocationId",
       i.source_function::text as name,
       i.status::text as status,
       i.created_at as at,
       ${messageOf(sql`i.error_message`)} as "errorMessage"
  from public.invocations i`

/** The rows that have this id: at most one of each kind, unless a copy of the tables lacks its keys. */
export function rowsWithId(db: Queryable, id: string): Promise<HitRow[]> {
  return db.query<HitRow>(sql`
${invocation}
 where i.id = ${id}::uuid
 union all
select 'job',
       j.id,
       j.invocation_id,
       j.job_name::text,
       j.status::text,
       j.created_at,
       ${messageOf(sql`j.error_message`)}
  from public.job_executions j
 where j.id = ${id}::uuid
 union all
select 'event',
       e.id,
       e.invocation_id,
       e.event_name::text,
       e.status::text,
       e.created_at,
       ${messageOf(sql`e.detection_error`, sql`e.handler_error`)}
  from public.event_executions e
 where e.id = ${id}::uuid`)
}

/** The newest invocations that an event of this id caused: a delivery that is repeated makes another one. */
export function rowsOfSourceEvent(db: Queryable, id: string, limit: number): Promise<HitRow[]> {
  return db.query<HitRow>(sql`
${invocation}
 where i.source_event_id = ${id}::uuid
 order by (i.created_at + interval '0') desc, i.id desc
 limit ${limit}`)
}

/** The newest invocations of a correlation id. */
export function rowsOfCorrelation(db: Queryable, correlationId: string, limit: number): Promise<HitRow[]> {
  return db.query<HitRow>(sql`
${invocation}
 where i.correlation_id::text = ${correlationId}
 order by (i.created_at + interval '0') desc, i.id desc
 limit ${limit}`)
}

/** These invocations, as far as they are still there, in no order. */
export function rowsOfInvocations(db: Queryable, ids: readonly string[]): Promise<HitRow[]> {
  return db.query<HitRow>(sql`
${invocation}
 where i.id = any(${[...ids]}::uuid[])`)
}
