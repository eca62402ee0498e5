import type { Queryable } from '../../db/db.ts'
import { sql } from '../../db/sql.ts'
import { timestamptz } from '../../db/timestamp.ts'
import { hasCrashed, hasFailed } from '../outcome.ts'
import { endOf, numberOf } from '../column-types.ts'
import { nameOf } from '../analysis/within.ts'

/** Of a tick: what began or was written since then. Instants. */
export interface Since {
  /** Rows that began earlier are looked at by their ids alone. */
  began: string
  written: string
}

/** A run of a job, as a tick reads it. */
export interface RunRow {
  id: string
  sourceFunction: string
  jobName: string
  running: boolean
  failed: boolean
  durationMs: number | null
}

const columns = {
  failed: hasFailed(sql`j.status`),
  running: sql`j.status::text = 'running'`,
  duration: numberOf(sql`j.duration_ms`),
}

/** Rows that one tick reads at most. */
export const MOST_RUNS = 50_000

/** The jobs that were written or ended lately, and those of some ids; at most MOST_RUNS. */
export function lateRuns(db: Queryable, { began, written }: Since, ids: readonly string[]): Promise<RunRow[]> {
  return db.query<RunRow>(sql`
select j.id,
       ${nameOf(sql`i.source_function`)} as "sourceFunction",
       ${nameOf(sql`j.job_name`)} as "jobName",
       ${columns.running} as running,
       ${columns.failed} as failed,
       ${columns.duration} as "durationMs"
  from (select l.id
          from public.job_executions l
         where l.created_at >= ${timestamptz(began)}
           and (l.updated_at >= ${timestamptz(written)} or ${endOf(sql`l.created_at`, sql`l.duration_ms`)} >= ${timestamptz(written)})
         union
        select unnest(${[...ids]}::uuid[])) w
  join public.job_executions j
    on j.id = w.id
  join public.invocations i
    on i.id = j.invocation_id
 limit ${MOST_RUNS}`)
}

/** An invocation that crashed. */
export interface CrashedRow {
  id: string
  sourceFunction: string
}

/** The invocations that began lately and crashed. */
export function lateCrashes(db: Queryable, { began }: Since): Promise<CrashedRow[]> {
  return db.query<CrashedRow>(sql`
select i.id,
       ${nameOf(sql`i.source_function`)} as "sourceFunction"
  from public.invocations i
 where i.created_at >= ${timestamptz(began)}
   and ${hasCrashed(sql`i.id`)}
 limit ${MOST_RUNS}`)
}
