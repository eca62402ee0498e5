import { empty, sql, type Sql } from '../../db/sql.ts'
import { timestamptz } from '../../db/timestamp.ts'
import type { Window } from '../../domain/analysis/window.ts'
import type { LinkWay } from '../../domain/link/way.ts'
import { endOf } from '../column-types.ts'
import { triggeringJob } from './triggering-job.ts'
import { durationOf, msFrom, nameOf, within } from './within.ts'

/** What leads to what: a job to the functions that it triggered, a function to the jobs that it ran. */
export type LedKind = 'job function' | 'function job'

/** Which runs of sources: those that began in a window, and have one of these names; null: of any. */
export interface LedFrom {
  window: Window
  names: readonly string[] | null
  /** What they led to is looked for from this instant on, which bounds what is joined. */
  effectsFrom: string
}

/** The runs of sources: id, invocation_id, source, status, at (their start) and ended (null: they have not). */
export const sourceRuns: Record<LedKind, (from: LedFrom) => Sql> = {
  'job function': ({ window, names }) => sql`
select j.id,
       j.invocation_id,
       ${nameOf(sql`j.job_name`)} as source,
       j.status::text as status,
       j.created_at as at,
       case when j.duration_ms is not null then ${endOf(sql`j.created_at`, sql`j.duration_ms`)} end as ended
  from public.job_executions j
 where ${within(sql`j.created_at`, window)}${named(sql`j.job_name`, names)}`,
  'function job': ({ window, names }) => sql`
select i.id,
       i.id as invocation_id,
       ${nameOf(sql`i.source_function`)} as source,
       i.status::text as status,
       i.created_at as at,
       case when i.total_duration_ms is not null then ${endOf(sql`i.created_at`, sql`i.total_duration_ms`)} end as ended
  from public.invocations i
 where ${within(sql`i.created_at`, window)}${named(sql`i.source_function`, names)}`,
}

/** Each run of a source once with each target that it led to: id, source, target and lag, the time to the first run of the target in ms (from the end of a job, from the start of a function). */
export const ledTo: Record<LedKind, (from: LedFrom, way: LinkWay) => Sql> = {
  'job function': ({ window, names, effectsFrom }, way) => sql`
select j.id,
       ${nameOf(sql`j.job_name`)} as source,
       ${nameOf(sql`i.source_function`)} as target,
       bool_and(j.duration_ms is not null) as ended,
       min(${msFrom(sql`j.created_at`, sql`i.created_at`, durationOf(sql`j.duration_ms`))}) as lag
  from public.invocations i
  ${triggeringJob[way]}
 where ${within(sql`j.created_at`, window)}
   and i.created_at >= ${timestamptz(effectsFrom)}${named(sql`j.job_name`, names)}
 group by 1, 2, 3`,
  'function job': ({ window, names, effectsFrom }) => sql`
select i.id,
       ${nameOf(sql`i.source_function`)} as source,
       ${nameOf(sql`j.job_name`)} as target,
       bool_and(i.total_duration_ms is not null) as ended,
       min(${msFrom(sql`i.created_at`, sql`j.created_at`)}) as lag
  from public.job_executions j
  join public.invocations i
    on i.id = j.invocation_id
 where ${within(sql`i.created_at`, window)}
   and j.created_at >= ${timestamptz(effectsFrom)}${named(sql`i.source_function`, names)}
 group by 1, 2, 3`,
}

function named(column: Sql, names: readonly string[] | null): Sql {
  return names === null ? empty : sql` and ${column}::text = any(${[...names]}::text[])`
}
