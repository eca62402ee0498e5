import type { Queryable } from '../../db/db.ts'
import { composed, sql, type Sql } from '../../db/sql.ts'
import type { Fields } from '../../domain/fields.ts'
import type { LinkPath } from '../../domain/link/paths.ts'
import type { LinkWay } from '../../domain/link/way.ts'
import type { NodeEventsRow, NodeParts, NodeRow, TreeLimits, TriggeredCount } from '../../domain/tree/row.ts'
import { selected } from '../columns.ts'
import { linkOfInvocation, triggeredBy } from '../effective-link.ts'
import { jsonRows, rowsOf, type JsonRows } from '../json-rows.ts'
import { climb, climbedColumns, type ClimbedRow } from './ancestors.ts'
import { nodeColumns, unpackNode, withPlace, type PackedNode } from './packed-nodes.ts'
import { nodeJobColumns, unpackEvents, unpackParts, type PackedEvents, type PackedPart } from './packed-parts.ts'
import { countsOf, eventsOf, partOrder, partsOf, shownJobs } from './parts.ts'

/** The most invocations of a tree that one statement reads, and the most ancestors that it climbs. */
const SMALL = 200
const CLIMBED = 100

/** All rows of a small tree. */
export interface SmallTreeRows {
  /** What the clock of the database said, as Postgres text. */
  asOf: string
  climbed: ClimbedRow[]
  /** By (depth, createdAt, id); one more than the tree may hold if it is cut by that. */
  nodes: NodeRow[]
  parts: NodeParts
  /** Of the jobs of the two deepest levels, if a limit was reached. */
  triggered: TriggeredCount[]
  events: NodeEventsRow[]
}

interface Asked {
  /** Of an invocation or a job. */
  id: string
  /** From the root above it. */
  fromRoot: boolean
  reach: TreeLimits
  paths: readonly LinkPath[] | null
  linkWay: LinkWay
}

const names = {
  climbed: Object.keys(climbedColumns(null, 'column')) as Array<keyof ClimbedRow>,
  nodes: Object.keys(nodeColumns('column')) as Array<keyof PackedNode>,
  parts: Object.keys(nodeJobColumns()) as Array<keyof PackedPart>,
  triggered: ['jobId', 'count', 'below'] as const satisfies Array<keyof TriggeredCount>,
  events: ['invocationId', 'detected', 'undetected', 'data'] as const satisfies Array<keyof PackedEvents>,
}

/**
 * Reads a small tree. Undefined if there is neither such an invocation nor such a job; `larger` if the tree is no small one, or begins on a cycle.
 * One statement sees one moment by itself and needs no transaction: one round trip instead of six.
 */
export async function smallTree(db: Queryable, asked: Asked): Promise<SmallTreeRows | 'larger' | undefined> {
  const [row] = await db.query<Record<keyof typeof names, JsonRows> & { asOf: string }>(statementOf(asked))
  if (!row?.climbed) return undefined
  const climbed = rowsOf<ClimbedRow>(names.climbed, row.climbed)
  const parts = unpackParts(rowsOf<PackedPart>(names.parts, row.parts))
  if (!row.nodes || !climbed.some(hasFacts) || anyIsFull(parts, asked.reach)) return 'larger'
  return {
    asOf: row.asOf,
    climbed,
    nodes: rowsOf<PackedNode>(names.nodes, row.nodes).map(unpackNode),
    parts,
    triggered: rowsOf<TriggeredCount>(names.triggered, row.triggered),
    events: rowsOf<PackedEvents>(names.events, row.events).map(unpackEvents),
  }
}

/** What a statement has of one request. `most`: invocations that are read, but for one beyond them; `whole`: more than these are no small tree. */
const values = ['id', 'maxDepth', 'maxNodes', 'most', 'whole'] as const
type Places = Readonly<Record<(typeof values)[number], Sql>>

/** Composed statements that are kept: fields can be combined in a million ways. */
const SHAPES = 100
const shapes = new Map<string, (given: Record<(typeof values)[number], unknown>) => Sql>()

function statementOf({ id, reach, ...rest }: Asked): Sql {
  const { maxDepth, maxNodes, maxJobs, events, fields } = reach
  const shape = JSON.stringify([rest, maxJobs, events, fields?.text])
  let statement = shapes.get(shape)
  if (!statement) {
    statement = composed(values, (places) => compose(places, { id, reach, ...rest }))
    if (shapes.size < SHAPES) shapes.set(shape, statement)
  }
  const small = maxNodes <= SMALL
  return statement({ id, maxDepth, maxNodes, most: small ? maxNodes : SMALL, whole: small ? SMALL + 1 : SMALL - 1 })
}

/** Levels are arrays of ids alone, so that a tree that turns out to be larger costs little: 3 ms for 500 invocations. */
function compose(places: Places, { fromRoot, reach, paths, linkWay }: Asked): Sql {
  const start = sql`(select s.id from start s)`
  const nodes = sql`array(select n.id from node n)`
  return sql`
with recursive ${climb(places.id, linkWay)}, climbed as (
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
   cross join lateral (${levelBelow(sql`l`, start, reach, places.most, linkWay)}) f
   where l.size > 0
     and l.depth < ${places.maxDepth}
     and l.seen + l.size < ${places.most}
), node as (
  select l.depth,
         l.size,
         n.*
    from level l
   cross join lateral unnest(l.ids, l.parents) with ordinality as n (id, parent_id, nth)
   where (select count(*) from climbed) <= ${CLIMBED}
     and (select sum(e.size) from level e) <= ${places.whole}
)
select now() as "asOf",
       (select ${jsonRows(sql`c`, names.climbed)} from climbed c) as climbed,
       (select ${jsonRows(sql`t`, names.nodes, sql`t.depth, t.nth`)} from (${shownNodes(linkWay, reach.fields)}) t) as nodes,
       (select ${jsonRows(sql`p`, names.parts, partOrder)} from (${partsOf(nodes, reach)}) p) as parts,
       (select ${jsonRows(sql`c`, names.triggered)} from (${countsOf(start, jobsAtLimit(reach, places), linkWay)}) c) as triggered,
       ${reach.events ? sql`(select ${jsonRows(sql`e`, names.events)} from (${eventsOf(nodes, reach)}) e)` : sql`null::json`} as events`
}

/** Without a root, as on a cycle, no row says of its link what can be told. */
function hasFacts({ linkFacts }: ClimbedRow): boolean {
  return linkFacts !== null
}

/** Does an invocation have as many jobs as are shown? Then they are to be counted. */
function anyIsFull({ jobs }: NodeParts, { maxJobs }: TreeLimits): boolean {
  return jobs.some(({ invocationId }, at) => invocationId === jobs[at + maxJobs - 1]?.invocationId)
}

/** The invocations below a level, by (created_at, id), to one beyond what the tree may still hold. */
function levelBelow(level: Sql, start: Sql, reach: TreeLimits, most: Sql, way: LinkWay): Sql {
  return sql`
         select count(*)::int as size,
                array_agg(t.id) as ids,
                array_agg(t.invocation_id) as parents
           from (select i.id,
                        j.invocation_id
                   from (${shownJobs(sql`${level}.ids`, reach)}) j
                  cross join lateral (${triggeredBy(sql`= j.id`, placeColumns, way)}) i
                  where i.id <> ${start}
                  order by i.created_at, i.id
                  limit ${most}::int - ${level}.seen - ${level}.size + 1) t`
}

const placeColumns = { id: sql`i.id`, created_at: sql`i.created_at` }

function shownNodes(way: LinkWay, fields: Fields | undefined): Sql {
  const { packed, signOfLife, ...columns } = nodeColumns(way, fields)
  return sql`
       select n.depth,
              n.nth,
              ${selected({ ...columns, packed: withPlace(sql`n.depth`, sql`n.size`, packed), signOfLife: sql`${signOfLife}::text` })}
         from node n
         join public.invocations i
           on i.id = n.id${linkOfInvocation[way]}
        cross join lateral (select n.parent_id as invocation_id) j`
}

/** The jobs of which it matters how many invocations they triggered, as an array: those of the two deepest levels, if the walk ended at a limit. */
function jobsAtLimit(reach: TreeLimits, { maxDepth, maxNodes }: Places): Sql {
  const ended = sql`array(
                     select n.id
                       from node n
                      where n.depth >= (select max(m.depth) - 1 from node m)
                        and ((select max(m.depth) from node m) >= ${maxDepth} or (select count(*) from node) >= ${maxNodes}))`
  return sql`array(select j.id from (${shownJobs(ended, reach)}) j)`
}
