import type { Queryable } from '../../db/db.ts'
import { sql } from '../../db/sql.ts'
import type { Window } from '../../domain/analysis/window.ts'
import type { LinkWay } from '../../domain/link/way.ts'
import type { JudgedRow } from '../../domain/missing/missing.ts'
import type { UsualEdge } from '../../domain/missing/usual.ts'
import { ledTo, sourceRuns, type LedFrom, type LedKind } from './led.ts'
import { nameOf, within } from './within.ts'

/** Runs that are shown of each edge. */
const SAMPLES = 5

/** What became of the runs of a window whose sources have usual targets: one row an edge that has any run. */
export function judgedRows(
  db: Queryable,
  kind: LedKind,
  from: LedFrom,
  edges: readonly UsualEdge[],
  way: LinkWay,
): Promise<JudgedRow[]> {
  return db.query<JudgedRow>(sql`
with edge as materialized (
  select ${nameOf(sql`e.source`)} as source,
         ${nameOf(sql`e.target`)} as target,
         e.patience
    from unnest(${edges.map(({ source }) => source.name)}::text[], ${edges.map(({ target }) => target.name)}::text[],
                ${edges.map(({ patienceMs }) => patienceMs)}::float8[]) e (source, target, patience)
), run as materialized (${sourceRuns[kind](from)}
), led as materialized (${ledTo[kind](from, way)})
select f.source,
       f.target,
       count(*)::int as runs,
       count(*) filter (where f.fate = 'followed')::int as followed,
       count(*) filter (where f.fate = 'late')::int as late,
       count(*) filter (where f.fate = 'missing')::int as missing,
       count(*) filter (where f.fate = 'not judged')::int as "notJudged",
       min(f.at) filter (where f.fate = 'missing') as "firstMissing",
       max(f.at) filter (where f.fate = 'missing') as "lastMissing",
       (array_agg(json_build_array(f.id, f.invocation_id, f.at::text, f.status)::text order by f.at desc, f.id desc)
         filter (where f.fate = 'missing'))[1:${SAMPLES}::int] as samples
  from (select e.source,
               e.target,
               r.id,
               r.invocation_id,
               r.at,
               r.status,
               case when l.lag > e.patience then 'late'
                    when l.id is not null then 'followed'
                    when r.ended < now() - e.patience * interval '1 ms' then 'missing'
                    else 'not judged' end as fate
          from edge e
          join run r
            on r.source = e.source
          left join led l
            on l.id = r.id
           and l.target = e.target) f
 group by f.source, f.target`)
}

/** By function, how many of its invocations of a window have lost the job that triggered them: it is gone, may still arrive, or had ended too long before. */
export function severedCounts(db: Queryable, window: Window): Promise<Array<{ name: string; count: number }>> {
  return db.query<{ name: string; count: number }>(sql`
select ${nameOf(sql`i.source_function`)} as name,
       count(*)::int as count
  from public.observability_links k
  join public.invocations i
    on i.id = k.invocation_id
   and i.source_job_id is null
 where ${within(sql`k.created_at`, window)}
   and (k.state in ('ambiguous', 'pending', 'severed')
    or k.state = 'recovered'
   and not exists (
       select
         from public.job_executions j
        where j.id = k.job_id))
 group by 1`)
}
