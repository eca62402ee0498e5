import type { Queryable } from '../../db/db.ts'
import { sql } from '../../db/sql.ts'
import type { LinkWay } from '../../domain/link/way.ts'
import type { NodeSteps } from '../../domain/search/missing-steps.ts'
import { triggeredBy } from '../effective-link.ts'
import { nodesBelow } from './tree-walk.ts'

/** What each invocation of the trees below these roots ran, and what its jobs triggered; of all trees together `maxNodes` invocations are looked at. */
export function treeStepRows(
  db: Queryable,
  rootIds: readonly string[],
  maxNodes: number,
  way: LinkWay,
): Promise<NodeSteps[]> {
  return db.query<NodeSteps>(sql`
with recursive ${nodesBelow(rootIds, maxNodes, way)}
select n.root_id as "rootId",
       n.id as "invocationId",
       i.source_function::text as "sourceFunction",
       i.status::text <> 'running' as ended,
       i.created_at::text as "createdAt",
       coalesce(s.jobs, '[]') as jobs
  from nodes n
  join public.invocations i
    on i.id = n.id
 cross join lateral (
       select json_agg(json_build_object(
                'id', j.id,
                'name', j.job_name::text,
                'ended', j.status::text <> 'running',
                'createdAt', j.created_at::text,
                'triggered', array(select t.name
                                     from (${triggeredBy(sql`= j.id`, { name: sql`i.source_function::text` }, way)}) t))
                order by j.created_at, j.id) as jobs
         from public.job_executions j
        where j.invocation_id = n.id) s
 order by i.created_at, n.id`)
}
