import type { Queryable } from '../../db/db.ts'
import { sql } from '../../db/sql.ts'
import type { LinkWay } from '../../domain/link/way.ts'
import { messageOf } from '../column-types.ts'
import { crashedEvent, hasFailed } from '../outcome.ts'
import { nodesBelow } from './tree-walk.ts'

/** A failure in the tree below a root, and how many there are in all. `at` is Postgres text. */
export interface TreeFailureRow {
  rootId: string
  kind: 'job' | 'event' | 'function'
  id: string
  invocationId: string
  name: string
  at: string
  errorMessage: string | null
  count: number
}

/** The first failures of each tree below these roots, in order, up to `most` a tree; of all trees together `maxNodes` invocations are looked at. */
export function treeFailureRows(
  db: Queryable,
  rootIds: readonly string[],
  most: number,
  maxNodes: number,
  way: LinkWay,
): Promise<TreeFailureRow[]> {
  return db.query<TreeFailureRow>(sql`
with recursive ${nodesBelow(rootIds, maxNodes, way)}
select f.root_id as "rootId",
       f.kind,
       f.id,
       f.invocation_id as "invocationId",
       f.name,
       f.at,
       f.message as "errorMessage",
       f.count
  from (select n.root_id,
               n.id as invocation_id,
               o.kind,
               o.id,
               o.name,
               o.at,
               o.message,
               row_number() over (partition by n.root_id order by o.at, o.id) as nth,
               (count(*) over (partition by n.root_id))::int as count
          from nodes n
         cross join lateral (
               select 'job' as kind,
                      j.id,
                      j.job_name::text as name,
                      j.created_at as at,
                      ${messageOf(sql`j.error_message`)} as message
                 from public.job_executions j
                where j.invocation_id = n.id
                  and ${hasFailed(sql`j.status`)}
                union all
               select 'event',
                      e.id,
                      e.event_name::text,
                      e.created_at,
                      ${messageOf(sql`e.detection_error`, sql`e.handler_error`)}
                 from public.event_executions e
                where e.invocation_id = n.id
                  and ${crashedEvent}
                union all
               select 'function',
                      i.id,
                      i.source_function::text,
                      i.created_at,
                      ${messageOf(sql`i.error_message`)}
                 from public.invocations i
                where i.id = n.id
                  and ${hasFailed(sql`i.status`)}
                  and i.error_message is not null) o) f
 where f.nth <= ${most}
 order by f.root_id, f.nth`)
}
