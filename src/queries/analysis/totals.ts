import type { Queryable } from '../../db/db.ts'
import { join, sql } from '../../db/sql.ts'
import { timestamptz } from '../../db/timestamp.ts'
import type { TotalBucketRow, TotalsKind, TotalsRow } from '../../domain/analysis/totals.ts'
import type { Window } from '../../domain/analysis/window.ts'
import type { LinkWay } from '../../domain/link/way.ts'
import { linkOfInvocation, sourceJobId } from '../effective-link.ts'
import { runsOf } from './runs.ts'
import { within } from './within.ts'

/** The runs of all names of a window together. Percentiles are exact, by nearest rank. */
export async function totalsRow(db: Queryable, kind: TotalsKind, window: Window): Promise<TotalsRow> {
  const [row] = await db.query<TotalsRow>(sql`
select count(*)::int as runs,
       count(*) filter (where r.failed or r.crashed)::int as failed,
       count(*) filter (where r.crashed)::int as crashed,
       percentile_disc(array[0.5, 0.95, 0.99]::float8[]) within group (order by r.duration) as percentiles,
       sum(r.duration) as "totalMs"
  from (${runsOf[kind](window, 'all')}) r`)
  if (row === undefined) throw new Error('an aggregate without groups has one row')
  return row
}

/** The same by bucket: `starts` are the instants at which buckets begin. Those in which nothing ran are left out. */
export function totalBucketRows(
  db: Queryable,
  kind: TotalsKind,
  window: Window,
  starts: readonly string[],
): Promise<TotalBucketRow[]> {
  return db.query<TotalBucketRow>(sql`
select width_bucket(r.at, array[${join(starts.map(timestamptz))}]) as bucket,
       count(*)::int as runs,
       count(*) filter (where r.failed or r.crashed)::int as failed,
       percentile_disc(0.95) within group (order by r.duration) as p95
  from (${runsOf[kind](window, 'all')}) r
 group by 1`)
}

/** How many invocations of a window a job is known to have triggered. */
export async function linkedCount(db: Queryable, window: Window, linkWay: LinkWay): Promise<number> {
  const [row] = await db.query<{ count: number }>(sql`
select count(*)::int as count
  from public.invocations i${linkOfInvocation[linkWay]}
 where ${within(sql`i.created_at`, window)}
   and ${sourceJobId[linkWay]} is not null`)
  return row?.count ?? 0
}
