import type { Queryable } from '../../db/db.ts'
import { sql, type Sql } from '../../db/sql.ts'
import type { Window } from '../../domain/analysis/window.ts'
import type { LinkWay } from '../../domain/link/way.ts'
import type { EdgeFigures } from '../../domain/rollup/edges.ts'
import { newestSample, pairsOf, type EdgeKind } from '../analysis/edges.ts'
import { MOST_GROUPS, within } from '../analysis/within.ts'
import { bucketOf, histogram, type Buckets } from './bucket.ts'

/**
 * The edges of one kind whose targets began in an hour or less, the most frequent first; one more than MOST_GROUPS tells that there are more. A run of a source
 * is `outer` if it began in another time, or led to anything of this kind in another time.
 */
export function edgeFigures(
  db: Queryable,
  kind: EdgeKind,
  window: Window,
  way: LinkWay,
  buckets: Buckets,
): Promise<EdgeFigures[]> {
  return db.query<EdgeFigures>(sql`
with pairs as materialized (${pairsOf[kind](window, way, 'each')}), sources as (
  select b.source,
         b.target,
         count(*) filter (where b.inner)::int as inner,
         coalesce(max(b.targets) filter (where b.inner), 0)::int as "innerMaxFanOut",
         coalesce(json_agg(json_build_array(b.source_id, b.source_at::text, b.targets) order by b.source_id) filter (where not b.inner), '[]') as outer
    from (select g.source,
                 g.target,
                 g.source_id,
                 g.source_at,
                 g.targets,
                 ${within(sql`g.source_at`, window)} and not (${elsewhere[kind](sql`g.source_id`, window, way)}) as inner
            from (select p.source,
                         p.target,
                         p.source_id,
                         p.source_at,
                         count(*) as targets
                    from pairs p
                   group by p.source, p.target, p.source_id, p.source_at) g
           offset 0) b
   group by b.source, b.target
)
select e.source,
       e.target,
       e.times,
       e.failed,
       s.inner,
       s."innerMaxFanOut",
       s.outer,
       e.lag,
       e."firstSeen",
       e."lastSeen",
       n."sampleId"
  from (select l.source,
               l.target,
               sum(l.times)::int as times,
               sum(l.failed)::int as failed,
               ${histogram(sql`l.bucket`, sql`l.times`)} as lag,
               min(l.first_at) as "firstSeen",
               max(l.last_at) as "lastSeen"
          from (select p.source,
                       p.target,
                       ${bucketOf(sql`p.lag`, buckets)} as bucket,
                       count(*) as times,
                       count(*) filter (where p.failed) as failed,
                       min(p.at) as first_at,
                       max(p.at) as last_at
                  from pairs p
                 group by 1, 2, 3) l
         group by l.source, l.target
         order by times desc, l.source, l.target
         limit ${MOST_GROUPS + 1}) e
  join sources s
    on s.source = e.source
   and s.target = e.target
  ${newestSample}
 order by e.times desc, e.source, e.target`)
}

/** A run of a source led to something in another time. */
const elsewhere: Record<EdgeKind, (sourceId: Sql, window: Window, way: LinkWay) => Sql> = {
  'job function': (job, window, way) => linkedTo(job, way, sql`not (${within(sql`i.created_at`, window)})`),
  'function job': (invocation, window) => sql`exists (
         select
           from public.job_executions o
          where o.invocation_id = ${invocation}
            and not (${within(sql`o.created_at`, window)}))`,
  'job job': (job, window, way) =>
    linkedTo(
      job,
      way,
      sql`exists (
             select
               from public.job_executions o
              where o.invocation_id = i.id
                and not (${within(sql`o.created_at`, window)}))`,
    ),
  'function function': (invocation, window, way) => sql`exists (
         select
           from public.job_executions w
          where w.invocation_id = ${invocation}
            and (${linkedTo(sql`w.id`, way, sql`not (${within(sql`i.created_at`, window)})`)}))`,
}

/** A job triggered an invocation `i` of which this is true. */
function linkedTo(job: Sql, way: LinkWay, condition: Sql): Sql {
  const recorded = sql`exists (
         select
           from public.invocations i
          where i.source_job_id = ${job}
            and ${condition})`
  if (way !== 'overlay') return recorded
  return sql`${recorded}
       or exists (
         select
           from public.observability_links k
           join public.invocations i
             on i.id = k.invocation_id
            and i.source_job_id is null
          where k.job_id = ${job}
            and k.state = 'recovered'
            and ${condition})`
}
