import type { Queryable } from '../../db/db.ts'
import { sql, where, type Sql } from '../../db/sql.ts'
import { timestamptz } from '../../db/timestamp.ts'
import type { LinkState } from '../../domain/link/decide.ts'
import type { LinkPath } from '../../domain/link/paths.ts'
import { numberOf } from '../column-types.ts'
import { namedJob, unreadable } from '../link.ts'
import type { Position, Window } from './kept.ts'

/** By which rule links are decided: see observability_links. */
export interface Rule {
  version: number
  settings: string
  paths: readonly LinkPath[]
}

/** An invocation whose column is empty, and whose payload names a job, or of which something is kept. Instants are Postgres text. */
export interface ExaminedRow {
  id: string
  createdAt: string
  eventTime: string
  namedJobId: string | null
  unread: boolean
  /** null: there is no such job. */
  jobStartedAt: string | null
  jobDurationMs: number | null
  jobInvocationId: string | null
  keptState: LinkState | null
  keptJobId: string | null
  keptCurrent: boolean
}

/** What one look at the next invocations of a window saw. */
export interface Look {
  looked: number
  /** How far it came; null: to the end of the window. */
  end: Position | null
  /** The database's clock, as Postgres text. */
  now: string
  /** How many have a source job; of these `mended`, some ids of which follow, were written by us. */
  linked: number
  mended: string[]
  /** How many payloads could not be read, although nothing is kept of them. */
  unread: string[]
  rows: ExaminedRow[]
}

/**
 * Looks at the next `limit` invocations of a window after a position, in the order of (created_at, id). Only those whose payload names a job leave the
 * database, and those of which something is kept. `kept`: observability_links is there, and may be read. A payload is unpacked once, and only if the
 * column is empty. Each lookup stands behind a limit of its own, or the planner would read all of a table for a large batch.
 */
export async function lookAt(
  db: Queryable,
  rule: Rule,
  window: Window,
  after: Position | null,
  limit: number,
  kept: boolean,
): Promise<Look> {
  const [look] = await db.query<Look>(sql`
with looked as materialized (
  select i.id,
         i.created_at,
         i.source_event_time,
         i.source_job_id,
         n.job_id as named_job_id,
         n.unread,
         l.state as kept_state,
         l.job_id as kept_job_id,
         l.current as kept_current
    from (select i.id,
                 i.created_at,
                 i.source_event_time,
                 i.source_job_id,
                 i.source_event_payload
            from public.invocations i
           ${where(
             window.from !== null && after === null && sql`i.created_at >= ${timestamptz(window.from)}`,
             after !== null && sql`(i.created_at, i.id) > (${after.createdAt}::timestamptz, ${after.id}::uuid)`,
             window.to !== null && sql`i.created_at < ${timestamptz(window.to)}`,
           )}
           order by i.created_at, i.id
           limit ${limit}) i
   cross join lateral (
         select case when i.source_job_id is null then ${namedJob(sql`i.source_event_payload`, rule.paths)} end as job_id,
                i.source_job_id is null and ${unreadable(sql`i.source_event_payload`)} as unread
         offset 0) n
    left join lateral (${keptOf(rule, kept)}) l
      on true
)
select (select count(*)::int from looked) as looked,
       (select json_build_object('createdAt', w.created_at::text, 'id', w.id)
          from looked w
         where (select count(*) from looked) = ${limit}
         order by w.created_at desc, w.id desc
         limit 1) as end,
       clock_timestamp()::text as now,
       (select count(*)::int
          from looked k
         where k.source_job_id is not null) as linked,
       array(select k.id
               from looked k
              where k.kept_state = 'mended'
                and k.kept_job_id = k.source_job_id
              order by k.created_at, k.id) as mended,
       array(select k.id
               from looked k
              where k.unread
                and k.kept_state is null
              order by k.created_at, k.id) as unread,
       (select coalesce(json_agg(f), '[]')
          from (select k.id,
                       k.created_at::text as "createdAt",
                       coalesce(k.source_event_time, k.created_at)::text as "eventTime",
                       k.named_job_id as "namedJobId",
                       k.unread,
                       j.created_at::text as "jobStartedAt",
                       j.duration as "jobDurationMs",
                       j.invocation_id as "jobInvocationId",
                       k.kept_state as "keptState",
                       k.kept_job_id as "keptJobId",
                       coalesce(k.kept_current, false) as "keptCurrent"
                  from looked k
                  left join lateral (
                       select e.created_at,
                              ${numberOf(sql`e.duration_ms`)} as duration,
                              e.invocation_id
                         from public.job_executions e
                        where e.id = k.named_job_id
                        limit 1) j
                    on true
                 where k.source_job_id is null
                   and (k.named_job_id is not null or k.kept_state is not null)
                 order by k.created_at, k.id) f) as rows`)
  if (!look) throw new Error('the database gave no row')
  return look
}

function keptOf({ version, settings }: Rule, kept: boolean): Sql {
  if (!kept) return sql`select null::text as state, null::uuid as job_id, false as current`
  return sql`
         select k.state,
                k.job_id,
                k.rule_version = ${version} and k.rule_settings = ${settings} as current
           from public.observability_links k
          where k.invocation_id = i.id
          limit 1`
}
