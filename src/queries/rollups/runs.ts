import type { Queryable } from '../../db/db.ts'
import { sql } from '../../db/sql.ts'
import type { StatsKind } from '../../domain/analysis/stats.ts'
import type { Window } from '../../domain/analysis/window.ts'
import type { RunsFigures } from '../../domain/rollup/runs.ts'
import { runsOf } from '../analysis/runs.ts'
import { MOST_GROUPS } from '../analysis/within.ts'
import { bucketOf, histogram, type Buckets } from './bucket.ts'

/** The figures of the runs of each name in an hour or less, the most frequent first; one more than MOST_GROUPS tells that there are more. */
export function runsFigures(db: Queryable, kind: StatsKind, window: Window, buckets: Buckets): Promise<RunsFigures[]> {
  return db.query<RunsFigures>(sql`
select d.name,
       sum(d.runs)::int as runs,
       sum(d.failed)::int as failed,
       sum(d.crashed)::int as crashed,
       sum(d.checked)::int as checked,
       sum(d.total) as "totalMs",
       max(d.last_at) as "lastAt",
       ${histogram(sql`d.bucket`, sql`d.of_duration`)} as durations
  from (select r.name,
               r.bucket,
               count(*) filter (where r.ran) as runs,
               count(*) filter (where r.failed or r.crashed) as failed,
               count(*) filter (where r.crashed) as crashed,
               count(*) as checked,
               sum(r.duration) as total,
               count(r.duration) as of_duration,
               max(r.at) filter (where r.ran) as last_at
          from (select o.name,
                       o.ran,
                       o.failed,
                       o.crashed,
                       o.duration,
                       o.at,
                       ${bucketOf(sql`o.duration`, buckets)} as bucket
                  from (${runsOf[kind](window, 'each')}) o) r
         group by r.name, r.bucket) d
 group by d.name
 order by runs desc, d.name
 limit ${MOST_GROUPS + 1}`)
}
