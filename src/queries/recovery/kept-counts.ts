import type { Queryable } from '../../db/db.ts'
import { sql, where } from '../../db/sql.ts'
import { timestamptz } from '../../db/timestamp.ts'
import type { KeptState } from '../../domain/link/kept.ts'
import type { Window } from './kept.ts'

/** How many links of a state are kept, and the invocations of the first three. */
export interface KeptCount {
  state: KeptState
  count: number
  samples: string[]
}

/** Of the links of a window that can be taken back. */
export function keptCounts(db: Queryable, window: Window): Promise<KeptCount[]> {
  return db.query<KeptCount>(sql`
select k.state,
       count(*)::int as count,
       coalesce(array_agg(k.invocation_id order by k.nth) filter (where k.nth <= 3), '{}') as samples
  from (select l.state,
               l.invocation_id,
               row_number() over (partition by l.state order by l.created_at, l.invocation_id) as nth
          from public.observability_links l
         ${where(
           sql`l.state in ('mended', 'recovered')`,
           window.from !== null && sql`l.created_at >= ${timestamptz(window.from)}`,
           window.to !== null && sql`l.created_at < ${timestamptz(window.to)}`,
         )}) k
 group by k.state
 order by k.state`)
}
