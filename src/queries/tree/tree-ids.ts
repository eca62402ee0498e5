import { sql, type Sql } from '../../db/sql.ts'
import type { LinkPath } from '../../domain/link/paths.ts'
import type { LinkWay } from '../../domain/link/way.ts'
import type { TreeLimits } from '../../domain/tree/row.ts'
import { selected } from '../columns.ts'
import { rowsTriggeredBy } from '../effective-link.ts'
import { climb, climbedColumns, type ClimbedRow } from './ancestors.ts'

/** The most ancestors that one statement climbs; it reads one beyond them. */
export const CLIMBED = 100

/** Which tree one statement reads. */
export interface AskedInOne {
  /** Of an invocation or a job. */
  id: string
  /** From the root above it. */
  fromRoot: boolean
  reach: TreeLimits
  paths: readonly LinkPath[] | null
  linkWay: LinkWay
}

/** What a statement has of one request. `most`: invocations that are read, but for one beyond them; `whole`: with more than these `node` is empty. */
export const values = ['id', 'maxDepth', 'most', 'whole'] as const
export type Places = Readonly<Record<(typeof values)[number], Sql>>

export const climbedNames = Object.keys(climbedColumns(null, 'column')) as Array<keyof ClimbedRow>

/** The id of the invocation at which the tree starts. */
export const start = sql`(select s.id from start s)`

/** The invocations of the tree, as an array. */
export const nodeIds = sql`array(select n.id from node n)`

/**
 * `climbed`, `start`, `level` and `node`, for `with recursive`: the way to the root, and the ids of a tree with their places. `jobsOf`: the jobs of some invocations (an array of uuid) below which it looks.
 * Levels are arrays of ids alone, so that a tree that turns out to be larger costs little: 3 ms for 500 invocations.
 */
export function treeIds(
  places: Places,
  { fromRoot, paths, linkWay }: Omit<AskedInOne, 'id'>,
  jobsOf: (ids: Sql) => Sql,
): Sql {
  return sql`${climb(places.id, linkWay, 'again')}, climbed as (
  select ${selected({ ...climbedColumns(paths, linkWay), createdAt: sql`up.created_at::text` })}
    from up
   limit ${CLIMBED + 1}
), start as (
  select c.id
    from climbed c
   where ${fromRoot ? sql`not exists (select from climbed p where p."jobId" = c."sourceJobId")` : sql`c."jobId" is null`}
), level as (
  select 0 as depth,
         0 as seen,
         1 as size,
         array[s.id] as ids,
         array[null::uuid] as parents
    from start s
   union all
  select l.depth + 1,
         l.seen + l.size,
         f.*
    from level l
   cross join lateral (${levelBelow(sql`l`, jobsOf, places.most, linkWay)}) f
   where l.size > 0
     and l.depth < ${places.maxDepth}
     and l.seen + l.size < ${places.most}
), node as (
  select l.depth,
         l.size,
         n.*
    from level l
   cross join lateral unnest(l.ids, l.parents) with ordinality as n (id, parent_id, nth)
   where (select sum(e.size) from level e) <= ${places.whole}
)`
}

/** Without a root, as on a cycle, no row says of its link what can be told. */
export function hasFacts({ linkFacts }: ClimbedRow): boolean {
  return linkFacts !== null
}

/** The invocations below a level, by (created_at, id), to one beyond what the tree may still hold. */
function levelBelow(level: Sql, jobsOf: (ids: Sql) => Sql, most: Sql, way: LinkWay): Sql {
  return sql`
         select count(*)::int as size,
                array_agg(t.id) as ids,
                array_agg(t.invocation_id) as parents
           from (select i.id,
                        j.invocation_id
                   from (${jobsOf(sql`${level}.ids`)}) j
                  cross join lateral (${rowsTriggeredBy(sql`= j.id`, placeColumns, way)}) i
                  where i.id <> ${start}
                  order by i.created_at, i.id
                  limit ${most}::int - ${level}.seen - ${level}.size + 1) t`
}

const placeColumns = { id: sql`i.id`, created_at: sql`i.created_at` }
