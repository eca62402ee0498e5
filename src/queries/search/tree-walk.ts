import { sql, type Sql } from '../../db/sql.ts'
import type { LinkWay } from '../../domain/link/way.ts'
import { triggeredBy } from '../effective-link.ts'

/** `nodes (root_id, id)`, for `with recursive`: the invocations of the trees below these roots, level by level, at most so many in all. `union` ends a cycle. */
export function nodesBelow(rootIds: readonly string[], maxNodes: number, way: LinkWay): Sql {
  return sql`walk as (
  select r.id as root_id,
         r.id
    from unnest(${[...rootIds]}::uuid[]) r (id)
   union
  select w.root_id,
         t.id
    from walk w
    join public.job_executions j
      on j.invocation_id = w.id
   cross join lateral (${triggeredBy(sql`= j.id`, { id: sql`i.id` }, way)}) t
), nodes as materialized (
  select w.root_id,
         w.id
    from walk w
   limit ${maxNodes}
)`
}
