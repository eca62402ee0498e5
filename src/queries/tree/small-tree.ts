import type { Queryable } from '../../db/db.ts'
import { composed, sql, type Sql } from '../../db/sql.ts'
import type { Fields } from '../../domain/fields.ts'
import type { LinkWay } from '../../domain/link/way.ts'
import type { NodeEventsRow, NodeParts, NodeRow, TreeLimits, TriggeredCount } from '../../domain/tree/row.ts'
import { selected, type Columns } from '../columns.ts'
import { linkOfInvocation } from '../effective-link.ts'
import { jsonRows, jsonTexts, rowsOf, type JsonRows } from '../json-rows.ts'
import type { ClimbedRow } from './ancestors.ts'
import { nodeColumns, unpackNode, withPlace, type PackedNode } from './packed-nodes.ts'
import { nodeJobColumns, unpackEvents, unpackParts, type PackedEvents, type PackedPart } from './packed-parts.ts'
import { countsOf, eventsOf, partOrder, partsOf, shownJobs, someJobs } from './parts.ts'
import {
  CLIMBED,
  climbedNames,
  hasFacts,
  nodeIds,
  start,
  treeIds,
  values,
  type AskedInOne,
  type Places,
} from './tree-ids.ts'

/** The most invocations of a tree that one statement reads. */
const SMALL = 200
/** The most jobs of such a tree, and of one level of it. */
const SMALL_JOBS = 4000
/** Few small trees have so many levels. */
const DEEP = 20

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

const names = {
  climbed: climbedNames,
  nodes: Object.keys(nodeColumns('column')) as Array<keyof PackedNode>,
  parts: Object.keys(nodeJobColumns()) as Array<keyof PackedPart>,
  triggered: ['jobId', 'count', 'below'] as const satisfies Array<keyof TriggeredCount>,
  events: ['invocationId', 'detected', 'undetected', 'data'] as const satisfies Array<keyof PackedEvents>,
}

/**
 * Reads a small tree. Undefined if there is neither such an invocation nor such a job; `larger` if the tree is no small one, or begins on a cycle.
 * One statement sees one moment by itself and needs no transaction: one round trip instead of six.
 */
export async function smallTree(db: Queryable, asked: AskedInOne): Promise<SmallTreeRows | 'larger' | undefined> {
  const [row] = await db.query<SmallTreeRow>(statementOf(asked))
  return row && smallTreeOf(row, asked.reach)
}

/** What the statement of one small tree gives. */
export type SmallTreeRow = Record<keyof typeof names, JsonRows> & { asOf: string }

/** The rows of a small tree, as smallTree gives them. */
export function smallTreeOf(row: SmallTreeRow, reach: TreeLimits): SmallTreeRows | 'larger' | undefined {
  if (!row.climbed) return undefined
  const climbed = rowsOf<ClimbedRow>(names.climbed, row.climbed)
  const parts = unpackParts(rowsOf<PackedPart>(names.parts, row.parts))
  if (!row.nodes || climbed.length > CLIMBED || !climbed.some(hasFacts)) return 'larger'
  if (parts.jobs.length > SMALL_JOBS || anyIsFull(parts, reach)) return 'larger'
  const nodes = rowsOf<PackedNode>(names.nodes, row.nodes).map(unpackNode)
  if (!mayEndAtLimit(reach) && (nodes.at(-1)?.depth ?? 0) >= reach.maxDepth) return 'larger'
  return {
    asOf: row.asOf,
    climbed,
    nodes,
    parts,
    triggered: rowsOf<TriggeredCount>(names.triggered, row.triggered),
    events: rowsOf<PackedEvents>(names.events, row.events).map(unpackEvents),
  }
}

/** `maxNodes`: of the whole tree. */
const smallValues = [...values, 'maxNodes'] as const
type SmallPlaces = Places & Readonly<Record<'maxNodes', Sql>>

/** Composed statements that are kept: fields can be combined in a million ways. */
const SHAPES = 100
const shapes = new Map<string, (given: Record<(typeof smallValues)[number], unknown>) => Sql>()

function statementOf({ id, reach, ...rest }: AskedInOne): Sql {
  const { maxJobs, events, fields } = reach
  const shape = JSON.stringify([rest, maxJobs, events, fields?.text, mayEndAtLimit(reach)])
  let statement = shapes.get(shape)
  if (!statement) {
    statement = composed(smallValues, (places) => smallTreeStatement(places, { reach, ...rest }))
    if (shapes.size < SHAPES) shapes.set(shape, statement)
  }
  return statement({ id, ...boundsOf(reach) })
}

/** What the statement is bound by. */
export function boundsOf({ maxDepth, maxNodes }: TreeLimits): Record<Exclude<keyof SmallPlaces, 'id'>, number> {
  const small = maxNodes <= SMALL
  return { maxDepth, maxNodes, most: small ? maxNodes : SMALL, whole: small ? SMALL + 1 : SMALL - 1 }
}

/** One row, a SmallTreeRow. */
export function smallTreeStatement(places: SmallPlaces, asked: Omit<AskedInOne, 'id'>): Sql {
  const { reach, linkWay } = asked
  return sql`
with recursive ${treeIds(places, asked, fewJobs)}
select now() as "asOf",
       (select ${jsonRows(sql`c`, names.climbed)} from climbed c) as climbed,
       (select ${jsonTexts(sql`t`, names.nodes, sql`t.depth, t.nth`)} from (${shownNodes(linkWay, reach.fields)}) t) as nodes,
       (select ${jsonTexts(sql`p`, names.parts, partOrder)} from (${partsOf(nodeIds, reach, fewJobs)}) p) as parts,
       ${mayEndAtLimit(reach) ? sql`(select ${jsonRows(sql`c`, names.triggered)} from (${countsOf(start, jobsAtLimit(reach, places), linkWay)}) c)` : sql`null::json`} as triggered,
       ${reach.events ? sql`(select ${jsonRows(sql`e`, names.events)} from (${eventsOf(nodeIds, reach)}) e)` : sql`null::json`} as events`
}

/** Jobs are not counted for each invocation: if one has more than are shown, the tree is read as a larger one is. */
function fewJobs(ids: Sql, columns?: Columns): Sql {
  return someJobs(ids, SMALL_JOBS + 1, columns)
}

/**
 * May a small tree end at one of these limits, so that what its last jobs triggered is counted? A tree that ends at a depth that few reach is read as a larger one is:
 * the counts are a third of the plan, and to begin and end it costs 16 % of the CPU of the statement for 10 invocations though it counts nothing.
 */
function mayEndAtLimit({ maxDepth, maxNodes }: TreeLimits): boolean {
  return maxNodes <= SMALL || maxDepth < DEEP
}

/** Does an invocation have as many jobs as are shown? Then they are to be counted. */
function anyIsFull({ jobs }: NodeParts, { maxJobs }: TreeLimits): boolean {
  return jobs.some(({ invocationId }, at) => invocationId === jobs[at + maxJobs - 1]?.invocationId)
}

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
function jobsAtLimit(reach: TreeLimits, { maxDepth, maxNodes }: SmallPlaces): Sql {
  const ended = sql`array(
                     select n.id
                       from node n
                      where n.depth >= (select max(m.depth) - 1 from node m)
                        and ((select max(m.depth) from node m) >= ${maxDepth} or (select count(*) from node) >= ${maxNodes}))`
  return sql`array(select j.id from (${shownJobs(ended, reach)}) j)`
}
