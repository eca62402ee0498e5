import type { Queryable } from '../../db/db.ts'
import { sql, type Sql } from '../../db/sql.ts'
import type { Window } from '../../domain/analysis/window.ts'
import type { LinkWay } from '../../domain/link/way.ts'
import type { LedRow } from '../../domain/rollup/led.ts'
import { sourceRuns, type LedKind } from '../analysis/led.ts'
import { durationOf, MOST_GROUPS, msFrom, nameOf, within } from '../analysis/within.ts'
import { triggeredBy } from '../effective-link.ts'
import { bucketOf, histogram, type Buckets } from './bucket.ts'

/**
 * What became of the runs of a kind that began in an hour or less: one row for each source without a target, and one for each target that any of its runs led to.
 * One row more than MOST_GROUPS tells that there are more. `samples`: so many runs are shown of each.
 */
export function ledRows(
  db: Queryable,
  kind: LedKind,
  window: Window,
  way: LinkWay,
  { buckets, samples }: { buckets: Buckets; samples: number },
): Promise<LedRow[]> {
  return db.query<LedRow>(sql`
with run as materialized (
  select s.id,
         s.source,
         s.at,
         s.ended,
         s.invocation_id,
         s.status
    from (${sourceRuns[kind]({ window, names: null, effectsFrom: window.from })}) s
), led as materialized (${ledOf[kind](window, way)}
), pair as (
  select r.source,
         null as target
    from run r
   group by r.source
   union all
  select l.source,
         l.target
    from led l
   group by l.source, l.target
)
select f.source,
       f.target,
       f.runs,
       f.ended,
       f.led,
       f."ledEnded",
       f."lastEnd",
       f."firstWithout",
       f."lastWithout",
       array(select json_build_array(r.id, r.invocation_id, r.at::text, r.status)::text
               from run r
              where r.id = any(f.samples)
              order by r.at desc, r.id desc) as samples,
       coalesce(h.lag, '[]'::json) as lag,
       coalesce(h."openLag", '[]'::json) as "openLag"
  from (select p.source,
               p.target,
               count(*)::int as runs,
               count(r.ended)::int as ended,
               count(l.id)::int as led,
               count(r.ended) filter (where l.id is not null)::int as "ledEnded",
               max(r.ended) as "lastEnd",
               min(r.at) filter (where ${endedWithout}) as "firstWithout",
               max(r.at) filter (where ${endedWithout}) as "lastWithout",
               (array_agg(r.id order by r.at desc, r.id desc) filter (where ${endedWithout}))[1:${samples}::int] as samples
          from pair p
          join run r
            on r.source = p.source
          left join led l
            on l.id = r.id
           and l.target = p.target
         group by p.source, p.target) f
  left join (select b.source,
                    b.target,
                    ${histogram(sql`case when b.ended then b.bucket end`, sql`b.times`)} as lag,
                    ${histogram(sql`case when not b.ended then b.bucket end`, sql`b.times`)} as "openLag"
               from (select l.source,
                            l.target,
                            l.ended,
                            ${bucketOf(sql`l.lag`, buckets)} as bucket,
                            count(*) as times
                       from led l
                      group by 1, 2, 3, 4) b
              group by b.source, b.target) h
    on h.source = f.source
   and h.target = f.target
 order by f.source, f.target
 limit ${MOST_GROUPS + 1}`)
}

const endedWithout = sql`r.ended is not null and l.id is null`

/** As ledTo, but looked up from each run of the sources, of which an hour has few, whenever the targets began. */
const ledOf: Record<LedKind, (window: Window, way: LinkWay) => Sql> = {
  'job function': (window, way) => sql`
select j.id,
       ${nameOf(sql`j.job_name`)} as source,
       ${nameOf(sql`t.source_function`)} as target,
       bool_and(j.duration_ms is not null) as ended,
       min(${msFrom(sql`j.created_at`, sql`t.created_at`, durationOf(sql`j.duration_ms`))}) as lag
  from public.job_executions j
 cross join lateral (${triggeredBy(sql`= j.id`, { source_function: sql`i.source_function`, created_at: sql`i.created_at` }, way)}) t
 where ${within(sql`j.created_at`, window)}
 group by 1, 2, 3`,
  'function job': (window) => sql`
select i.id,
       ${nameOf(sql`i.source_function`)} as source,
       ${nameOf(sql`j.job_name`)} as target,
       bool_and(i.total_duration_ms is not null) as ended,
       min(${msFrom(sql`i.created_at`, sql`j.created_at`)}) as lag
  from public.invocations i
  join public.job_executions j
    on j.invocation_id = i.id
 where ${within(sql`i.created_at`, window)}
 group by 1, 2, 3`,
}
