import type { Queryable } from '../../db/db.ts'
import { sql } from '../../db/sql.ts'
import type { LinkWay } from '../../domain/link/way.ts'
import { messageOf } from '../column-types.ts'
import { triggeredBy } from '../effective-link.ts'
import { crashedEvent, hasFailed } from '../outcome.ts'

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

/** The first failures of each tree below these roots, in order, up to `most` a tree; of all trees together `maxNodes` invocations are looked at. `union` ends a cycle. */
export function treeFailureRows(
  db: Queryable,
  rootIds: readonly string[],
  most: number,
  maxNodes: number,
  way: LinkWay,
): Promise<TreeFailureRow[]> {
  return db.query<TreeFailureRow>(sql`
with recursive walk as (
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
)
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
