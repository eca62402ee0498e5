import { empty, sql, type Sql } from '../db/sql.ts'
import type { LinkWay } from '../domain/link/way.ts'
import { carried, selected, type Columns } from './columns.ts'
import { versionOf } from './version.ts'

// The link of an invocation `i` is what its column says, else what `l` keeps of it. No statement has an `l` in the way `column`, so that it costs nothing there.

/** One for each way in which links are read, made once. */
export function eachWay<T>(make: (way: LinkWay) => T): Readonly<Record<LinkWay, T>> {
  return { column: make('column'), labels: make('labels'), overlay: make('overlay') }
}

/** What tells one state of a row `k` of public.observability_links from its others; see versionOf. */
export const keptVersion = sql`concat(k.xmin, '.', timestamptz_send(k.decided_at))`

/** The columns of `l`, of a row `k` of public.observability_links. */
export const keptOf = sql`k.job_id,
              k.state,
              k.updated_before,
              k.updated_after,
              ${keptVersion} as version`

/**
 * `l`, what is kept of the link of `i`; `source_job_id` is the job that counts while the column is empty: one that is recovered, and still there.
 * Its limit makes it a lookup by the primary key for each row that is shown, where the planner would otherwise read all of the table for a large page.
 */
const keptLink = sql`
  left join lateral (
       select ${keptOf},
              case when k.state = 'recovered' then (select e.id from public.job_executions e where e.id = k.job_id) end as source_job_id
         from public.observability_links k
        where k.invocation_id = i.id
        limit 1) l
    on true`

/** What stands after `i`: the join of its `l`. */
export const linkOfInvocation = eachWay((way) => (way === 'column' ? empty : keptLink))

/** The job that triggered `i`; null: none is known. */
export const sourceJobId = eachWay((way) =>
  way === 'overlay' ? sql`coalesce(i.source_job_id, l.source_job_id)` : sql`i.source_job_id`,
)

/** No job is known that triggered `i`. A CASE, of which the planner expects half of the rows: of `is null` it would expect one in 200. */
export const isRoot = eachWay((way) =>
  way === 'overlay'
    ? sql`i.source_job_id is null and case when l.source_job_id is null then true else false end`
    : sql`i.source_job_id is null`,
)

const mended = sql`case when l.state = 'mended' and l.job_id = i.source_job_id then 'recovered' end`

/** What `l` makes of the link of `i`; null: nothing, and its source job tells. */
export const linkLabel = eachWay((way) => {
  if (way === 'column') return sql`null::text`
  if (way === 'labels') return mended
  return sql`case when i.source_job_id is not null then ${mended}
                         when l.source_job_id is not null then 'recovered'
                         when l.state = 'recovered' then 'severed'
                         when l.state in ('ambiguous', 'pending', 'severed') then l.state end`
})

/** When the writer wrote `i` last. What we wrote counts only while the row still has it: any later write is the writer's. */
export const writtenAt = eachWay((way) =>
  way === 'column'
    ? sql`i.updated_at`
    : sql`case when l.updated_after = i.updated_at then coalesce(l.updated_before, i.created_at) else i.updated_at end`,
)

/** The same of an invocation under another name, which has no `l` beside it. */
export function writtenAtOf(invocation: Sql, way: LinkWay): Sql {
  return way === 'column'
    ? sql`${invocation}.updated_at`
    : sql`coalesce((select coalesce(k.updated_before, ${invocation}.created_at)
                   from public.observability_links k
                  where k.invocation_id = ${invocation}.id
                    and k.updated_after = ${invocation}.updated_at), ${invocation}.updated_at)`
}

/** What tells one state of `i`, and of what is kept of its link, from all others; see versionOf. */
export const versionWithLink = eachWay((way) =>
  way === 'column' ? versionOf(sql`i`) : sql`concat(${versionOf(sql`i`)}, ' ', l.version)`,
)

/**
 * A select of the invocations `i` that jobs triggered, in no order, with these columns of `i` and `l`. `ofJobs`: which jobs, such as `= j.id` or `= any(…)`;
 * they are taken to be there.
 */
export function triggeredBy(ofJobs: Sql, columns: Columns, way: LinkWay): Sql {
  return triggered(ofJobs, columns, way, { recorded: linkOfInvocation[way], kept: linkThatFound })
}

/** The same with columns of `i` alone. In the overlay no `l` is looked up for each row, which would be of no use. */
export function rowsTriggeredBy(ofJobs: Sql, columns: Columns, way: LinkWay): Sql {
  return triggered(ofJobs, columns, way, { recorded: empty, kept: empty })
}

/** `l` of a row that was found by its row `k` in our table. */
const linkThatFound = sql`
               cross join lateral (
                     select ${keptOf},
                            k.job_id as source_job_id) l`

/** `recorded`, `kept`: what stands behind `i` for its `l`, if the row was found by its column, or by our table. */
function triggered(ofJobs: Sql, columns: Columns, way: LinkWay, { recorded, kept }: { recorded: Sql; kept: Sql }): Sql {
  const byColumn = sql`
       select ${selected(columns)}
         from public.invocations i${recorded}
        where i.source_job_id ${ofJobs}`
  if (way !== 'overlay') return byColumn
  return sql`${byColumn}
        union all
       select ${carried(sql`r`, columns)}
         from public.observability_links k
        cross join lateral (
              select ${selected(columns)}
                from public.invocations i${kept}
               where i.id = k.invocation_id
                 and i.source_job_id is null
               limit 1) r
        where k.job_id ${ofJobs}
          and k.state = 'recovered'`
}
