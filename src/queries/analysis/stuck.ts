import type { Queryable } from '../../db/db.ts'
import { sql, type Sql } from '../../db/sql.ts'
import type { StatsKind, StuckRow } from '../../domain/analysis/stats.ts'
import type { RowRules } from '../../domain/liveness.ts'
import { linkOfInvocation, writtenAt } from '../effective-link.ts'
import { isLive } from '../liveness.ts'
import { MOST_GROUPS, nameOf } from './within.ts'

/** Of so many rows that say that they run it is looked up whether they do: of all time there may be as many as processes ever died. */
export const MOST_RUNNING = 10_000

/** The rows that say that they run and do not, by name: how many, and since when. `looked` counts the rows that say so, one beyond MOST_RUNNING. */
export async function stuckRows(
  db: Queryable,
  kind: StatsKind,
  rules: RowRules,
): Promise<{ rows: StuckRow[]; looked: number }> {
  const rows = await db.query<StuckRow & { looked: number }>(sql`
select s.name,
       count(*) filter (where not s.live)::int as count,
       min(s.created_at) filter (where not s.live) as since,
       count(*)::int as looked
  from (${running[kind](isLive(sql`i`, writtenAt[rules.linkWay], rules.staleAfter), linkOfInvocation[rules.linkWay])}) s
 group by s.name
 order by count desc, s.name
 limit ${MOST_GROUPS}`)
  return {
    rows: rows.filter(({ count }) => count > 0).map(({ name, count, since }) => ({ name, count, since })),
    looked: rows.reduce((sum, { looked }) => sum + looked, 0),
  }
}

/** `link`: what `live` reads beside the invocation `i`. */
const running: Record<StatsKind, (live: Sql, link: Sql) => Sql> = {
  job: (live, link) => sql`
select ${nameOf(sql`r.job_name`)} as name,
       r.created_at,
       r.duration_ms is null and coalesce(${live}, false) as live
  from (select j.job_name,
               j.created_at,
               j.duration_ms,
               j.invocation_id
          from public.job_executions j
         where j.status::text = 'running'
         limit ${MOST_RUNNING + 1}) r
  left join public.invocations i
    on i.id = r.invocation_id${link}`,
  function: (live, link) => sql`
select ${nameOf(sql`i.source_function`)} as name,
       i.created_at,
       ${live} as live
  from (select r.id
          from public.invocations r
         where r.status::text = 'running'
         limit ${MOST_RUNNING + 1}) r
  join public.invocations i
    on i.id = r.id${link}`,
  event: (live, link) => sql`
select ${nameOf(sql`r.event_name`)} as name,
       r.created_at,
       r.handler_duration_ms is null and coalesce(${live}, false) as live
  from (select e.event_name,
               e.created_at,
               e.handler_duration_ms,
               e.invocation_id
          from public.event_executions e
         where e.status::text in ('detecting', 'handling')
         limit ${MOST_RUNNING + 1}) r
  left join public.invocations i
    on i.id = r.invocation_id${link}`,
}
