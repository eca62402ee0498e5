import type { Queryable } from '../../db/db.ts'
import { sql } from '../../db/sql.ts'
import type { LinkWay } from '../../domain/link/way.ts'
import type { LearntRow } from '../../domain/missing/usual.ts'
import { ledTo, sourceRuns, type LedFrom, type LedKind } from './led.ts'
import { MOST_GROUPS } from './within.ts'

/** Of the sources with at least so many runs that have ended: how many these are, and how many of them led to each target; one row without a target where none led to any. */
export function learntRows(
  db: Queryable,
  kind: LedKind,
  from: LedFrom,
  support: number,
  way: LinkWay,
): Promise<LearntRow[]> {
  return db.query<LearntRow>(sql`
select r.source,
       p.target,
       r.runs,
       coalesce(p.followed, 0) as followed,
       p.lag as "lagP99"
  from (select s.source,
               count(*)::int as runs
          from (${sourceRuns[kind](from)}) s
         where s.ended is not null
         group by s.source
        having count(*) >= ${support}) r
  left join (select l.source,
               l.target,
               count(*)::int as followed,
               percentile_disc(0.99) within group (order by l.lag) as lag
          from (${ledTo[kind](from, way)}) l
         where l.ended
         group by l.source, l.target) p
    on p.source = r.source
 order by followed desc, r.source, p.target
 limit ${MOST_GROUPS}`)
}
