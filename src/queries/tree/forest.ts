import type { Queryable } from '../../db/db.ts'
import { empty, sql, type Sql } from '../../db/sql.ts'
import { timestamptz } from '../../db/timestamp.ts'
import type { Window } from '../../domain/analysis/window.ts'
import type { LinkWay } from '../../domain/link/way.ts'
import type { NodeRow } from '../../domain/tree/row.ts'
import { within } from '../analysis/within.ts'
import { selected } from '../columns.ts'
import { isRoot, linkOfInvocation, triggeredBy } from '../effective-link.ts'
import { nodeColumns, unpackNode, withPlace, type PackedNode } from './packed-nodes.ts'

/** Where a tree begins; `at` is Postgres text. */
export interface StartRow {
  id: string
  at: string
}

/** Which trees are read: those of these functions (null: of any) that begin in a window, at a root or anywhere. */
export interface Starts {
  window: Window
  functions: readonly string[] | null
  roots: boolean
}

/** The newest so many starts of trees, newest first by (created_at, id), after one of them. */
export function startRows(
  db: Queryable,
  { window, functions, roots }: Starts,
  { after, limit }: { after: StartRow | null; limit: number },
  way: LinkWay,
): Promise<StartRow[]> {
  return db.query<StartRow>(sql`
select i.id,
       i.created_at as at
  from public.invocations i${roots ? linkOfInvocation[way] : empty}
 where ${within(sql`i.created_at`, window)}${
   roots
     ? sql`
   and ${isRoot[way]}`
     : empty
 }${
   functions === null
     ? empty
     : sql`
   and i.source_function::text = any(${[...functions]}::text[])`
 }${after === null ? empty : before(after)}
 order by i.created_at desc, i.id desc
 limit ${limit}`)
}

function before({ at, id }: StartRow): Sql {
  return sql`
   and (i.created_at, i.id) < (${timestamptz(at)}, ${id}::uuid)`
}

/** The trees below these invocations, each by (depth, created_at, id); of all together at most so many rows. A walk down can only return to its start, which is left out. */
export async function forestRows(
  db: Queryable,
  starts: readonly string[],
  most: number,
  way: LinkWay,
): Promise<Array<{ start: string; row: NodeRow }>> {
  const { packed, ...columns } = nodeColumns(way)
  const rows = await db.query<PackedNode & { start: string }>(sql`
with recursive walk as (
  select s.id as start,
         0 as depth,
         s.id,
         null::uuid as parent_id
    from unnest(${[...starts]}::uuid[]) s (id)
   union all
  select w.start,
         w.depth + 1,
         t.id,
         w.id
    from walk w
    join public.job_executions j
      on j.invocation_id = w.id
   cross join lateral (${triggeredBy(sql`= j.id`, { id: sql`i.id` }, way)}) t
   where t.id <> w.start
), node as materialized (
  select w.start,
         w.depth,
         w.id,
         w.parent_id
    from walk w
   limit ${most}
)
select n.start,
       ${selected({ ...columns, packed: withPlace(sql`n.depth`, sql`0`, packed) })}
  from node n
  join public.invocations i
    on i.id = n.id${linkOfInvocation[way]}
 cross join lateral (select n.parent_id as invocation_id) j
 order by n.depth, i.created_at, i.id`)
  return rows.map(({ start, ...row }) => ({ start, row: unpackNode(row) }))
}
