import type { Snapshot } from '../../db/db.ts'
import { sql, type Sql } from '../../db/sql.ts'
import type { LinkWay } from '../../domain/link/way.ts'
import type { NodeRow, TreeLimits } from '../../domain/tree/row.ts'
import { arrays, carried, names, selected, type Columns } from '../columns.ts'
import { linkOfInvocation, triggeredBy } from '../effective-link.ts'
import { nodeColumns, unpackNode, withPlace, type PackedNode } from './packed-nodes.ts'
import { shownJobs } from './parts.ts'

/** Wider levels are read one by one, and not through the walk. */
export const NARROW = 500
const BATCH = 500

const { packed: _packed, ...besidePacked } = nodeColumns('column')

/** Where a stretch of a walk begins: at the tree's start, or below the jobs of the level that was read last. */
export interface Below {
  start: string
  /** These jobs and the invocations that they belong to, in the same order, commas between; null: at the start itself. */
  jobs: { ids: string; invocationIds: string } | null
  depth: number
  /** Invocations above that level. */
  seen: number
}

/**
 * The invocations from there on, level by level and each by (created_at, id), until the tree ends or a level is wide: then the last row is
 * null. A level is one row of arrays, so its jobs are looked up together: 7.5 ms for 365 nodes that took 11 as rows joined one by one.
 * Each level is read to one beyond what the tree may still hold, which tells that it is cut. Every invocation has at most one parent, so
 * a walk down can only return to its start: that one is left out.
 */
export function narrowLevels(
  db: Snapshot,
  below: Below,
  reach: TreeLimits,
  way: LinkWay,
  atOnce: boolean,
): AsyncIterable<Array<NodeRow | null>> {
  const columns = nodeColumns(way, reach.fields)
  return rowsOf(
    db,
    sql`
with recursive level as (
  select ${below.depth}::int as depth,
         ${below.seen}::int as seen,
         f.*
    from (${levelOf(firstLevel(below, columns, way), sql`${reach.maxNodes}::int - ${below.seen}::int`, columns)}) f
   union all
  select l.depth + 1,
         l.seen + l.size,
         f.*
    from level l
   cross join lateral (${levelOf(levelBelow(sql`(${shownJobs(sql`l.id`, reach)}) j`, below.start, columns, way), sql`${reach.maxNodes}::int - l.seen - l.size`, columns)}) f
   where l.size between 1 and ${NARROW}
     and l.depth < ${reach.maxDepth}
     and l.seen + l.size < ${reach.maxNodes}
)
select ${withPlace(sql`l.depth`, sql`l.size`, sql`n.packed`)} as packed,
       ${carried(sql`n`, besidePacked)},
       l.size > ${NARROW} as wide
  from level l
  left join lateral unnest(${carried(sql`l`, columns)})
         as n (${names(columns)})
    on l.size <= ${NARROW}
 where l.size > 0`,
    atOnce,
  )
}

/** A level of any width, as rows are taken, and one row beyond what the tree may still hold. */
export async function* wideLevel(
  db: Snapshot,
  below: Below,
  reach: TreeLimits,
  way: LinkWay,
): AsyncGenerator<NodeRow[], void> {
  const batches = db.batches<PackedNode>(
    sql`
select ${withPlace(sql`${below.depth}::int`, sql`count(*) over ()`, sql`i.packed`)} as packed,
       ${carried(sql`i`, besidePacked)}
  from (${firstLevel(below, nodeColumns(way, reach.fields), way)}
         order by created_at, id
         limit ${reach.maxNodes - below.seen + 1}) i
 order by i.created_at, i.id`,
    BATCH,
  )
  for await (const rows of batches) yield rows.map(unpackNode)
}

const placed = { created_at: sql`i.created_at` }

/** The invocations where a stretch begins. */
function firstLevel({ start, jobs }: Below, columns: Columns, way: LinkWay): Sql {
  if (jobs === null)
    return sql`
         select ${selected({ ...columns, ...placed })}
           from public.invocations i${linkOfInvocation[way]}
          cross join (select null::uuid as invocation_id) j
          where i.id = ${start}::uuid`
  // In selects of their own, or the planner counts the ids and would rather read all invocations than look up 13,000 jobs (1 s instead of 50 ms at a million).
  const ids = sql`(select ${`{${jobs.ids}}`}::uuid[])`
  const invocationIds = sql`(select ${`{${jobs.invocationIds}}`}::uuid[])`
  return levelBelow(sql`unnest(${ids}, ${invocationIds}) j (id, invocation_id)`, start, columns, way)
}

/** What these jobs `j` triggered, but for the start. */
function levelBelow(jobs: Sql, start: string, columns: Columns, way: LinkWay): Sql {
  const all = { ...columns, ...placed }
  return sql`
         select ${carried(sql`t`, all)}
           from ${jobs}
          cross join lateral (${triggeredBy(sql`= j.id`, all, way)}) t
          where t.id <> ${start}::uuid`
}

/** The rows come sorted, so the arrays are: an aggregate that sorts for itself would do so ten times a level before Postgres 16. */
function levelOf(invocations: Sql, room: Sql, columns: Columns): Sql {
  return sql`
         select count(*)::int as size,
                ${arrays(sql`i`, columns)}
           from (${invocations}
                  order by created_at, id
                  limit least(${NARROW}, ${room}) + 1) i`
}

/** All at once, named and so planned once a connection (planning costs 2 ms, as much as walking 100 nodes), or as they are taken. */
async function* rowsOf(db: Snapshot, statement: Sql, atOnce: boolean): AsyncGenerator<Array<NodeRow | null>> {
  type Row = PackedNode & { wide: boolean }
  const told = (row: Row): NodeRow | null => (row.wide ? null : unpackNode(row))
  if (!atOnce) {
    for await (const rows of db.batches<Row>(statement, BATCH)) yield rows.map(told)
    return
  }
  const rows = await db.query<Row>(statement)
  for (let from = 0; from < rows.length; from += BATCH) yield rows.slice(from, from + BATCH).map(told)
}
