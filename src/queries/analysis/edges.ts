import type { Queryable } from '../../db/db.ts'
import { sql, type Sql } from '../../db/sql.ts'
import type { EdgeRow, Named } from '../../domain/analysis/dependencies.ts'
import type { Window } from '../../domain/analysis/window.ts'
import type { LinkWay } from '../../domain/link/way.ts'
import { crashesOf, hasFailed, type CrashLook } from '../outcome.ts'
import { triggeringJob } from './triggering-job.ts'
import { durationOf, MOST_GROUPS, msFrom, nameOf, within } from './within.ts'

/** What edges lead from and to. */
export type EdgeKind = `${Named['kind']} ${Named['kind']}`

/**
 * The edges of one kind, the most frequent first; one more than MOST_GROUPS tells that there are more. An edge belongs to the window in which its target began.
 * Each pair is counted once a run of its source (for the fan-out) and once in all, so the pairs are read once and kept.
 */
export function edgeRows(db: Queryable, kind: EdgeKind, window: Window, way: LinkWay): Promise<EdgeRow[]> {
  return db.query<EdgeRow>(sql`
with pairs as materialized (${pairsOf[kind](window, way, 'all')})
select e.source,
       e.target,
       e.times,
       e.failed,
       s.sources,
       s."sourcesInWindow",
       s."maxFanOut",
       e.lag,
       e."firstSeen",
       e."lastSeen",
       n."sampleId"
  from (select p.source,
               p.target,
               count(*)::int as times,
               count(*) filter (where p.failed)::int as failed,
               percentile_disc(array[0.5, 0.95]) within group (order by p.lag) as lag,
               min(p.at) as "firstSeen",
               max(p.at) as "lastSeen"
          from pairs p
         group by p.source, p.target
         order by times desc, p.source, p.target
         limit ${MOST_GROUPS + 1}) e
  join (select b.source,
               b.target,
               count(*)::int as sources,
               count(*) filter (where b.in_window)::int as "sourcesInWindow",
               max(b.targets)::int as "maxFanOut"
          from (select p.source,
                       p.target,
                       bool_or(${within(sql`p.source_at`, window)}) as in_window,
                       count(*) as targets
                  from pairs p
                 group by p.source, p.target, p.source_id) b
         group by b.source, b.target) s
    on s.source = e.source
   and s.target = e.target
  ${newestSample}
 order by e.times desc, e.source, e.target`)
}

/** Joins edges `e` with `n`: of the pairs `pairs` of each the target that came last. The planner takes the pairs for few: joined by their instants too, each edge would be compared with all of them. */
export const newestSample = sql`join (select distinct on (p.source, p.target)
               p.source,
               p.target,
               p.target_id as "sampleId"
          from pairs p
         order by p.source, p.target, p.at desc, p.target_id desc) n
    on n.source = e.source
   and n.target = e.target`

/** Of a job `j` and the invocation `i` that it triggered. */
const lagOfLink = msFrom(sql`j.created_at`, sql`i.created_at`, durationOf(sql`j.duration_ms`))

/** The pairs of a kind whose target began in a window: a run of a source (`source_at`: when that began), and one of the target that it led to. */
export const pairsOf: Record<EdgeKind, (window: Window, way: LinkWay, crashes: CrashLook) => Sql> = {
  'job function': (window, way, crashes) => sql`
select ${nameOf(sql`j.job_name`)} as source,
       ${nameOf(sql`i.source_function`)} as target,
       j.id as source_id,
       i.id as target_id,
       j.created_at as source_at,
       ${lagOfLink} as lag,
       ${hasFailed(sql`i.status`)} or c.invocation_id is not null as failed,
       i.created_at as at
  from public.invocations i
  ${triggeringJob[way]}
  ${crashesOf[crashes]}
 where ${within(sql`i.created_at`, window)}`,
  'function job': (window) => sql`
select ${nameOf(sql`i.source_function`)} as source,
       ${nameOf(sql`j.job_name`)} as target,
       i.id as source_id,
       j.id as target_id,
       i.created_at as source_at,
       ${msFrom(sql`i.created_at`, sql`j.created_at`)} as lag,
       ${hasFailed(sql`j.status`)} as failed,
       j.created_at as at
  from public.job_executions j
  join public.invocations i
    on i.id = j.invocation_id
 where ${within(sql`j.created_at`, window)}`,
  'job job': (window, way) => sql`
select ${nameOf(sql`j.job_name`)} as source,
       ${nameOf(sql`t.job_name`)} as target,
       j.id as source_id,
       t.id as target_id,
       j.created_at as source_at,
       ${msFrom(sql`j.created_at`, sql`t.created_at`, durationOf(sql`j.duration_ms`))} as lag,
       ${hasFailed(sql`t.status`)} as failed,
       t.created_at as at
  from public.job_executions t
  join public.invocations i
    on i.id = t.invocation_id
  ${triggeringJob[way]}
 where ${within(sql`t.created_at`, window)}`,
  'function function': (window, way, crashes) => sql`
select ${nameOf(sql`p.source_function`)} as source,
       ${nameOf(sql`i.source_function`)} as target,
       p.id as source_id,
       i.id as target_id,
       p.created_at as source_at,
       ${lagOfLink} as lag,
       ${hasFailed(sql`i.status`)} or c.invocation_id is not null as failed,
       i.created_at as at
  from public.invocations i
  ${triggeringJob[way]}
  join public.invocations p
    on p.id = j.invocation_id
  ${crashesOf[crashes]}
 where ${within(sql`i.created_at`, window)}`,
}
