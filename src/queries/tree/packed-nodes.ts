import { sql, type Sql } from '../../db/sql.ts'
import type { Fields } from '../../domain/fields.ts'
import type { Link } from '../../domain/link/rule.ts'
import type { LinkWay } from '../../domain/link/way.ts'
import type { NodeRow } from '../../domain/tree/row.ts'
import { columnsRead, picked, type Columns } from '../columns.ts'
import { eachWay, linkLabel, sourceJobId, writtenAt } from '../effective-link.ts'
import { invocationColumns } from '../invocations.ts'
import { numberOrNull, pack, textOrNull, type Packed } from './packing.ts'

const nodeTexts = picked(
  invocationColumns.column,
  'status',
  'sourceFunction',
  'sourceTable',
  'sourceOperation',
  'sourceSystem',
  'correlationId',
  'errorMessage',
)

const packedNode = eachWay((way) => ({
  parentId: sql`j.invocation_id`,
  createdAt: sql`i.created_at`,
  sourceJobId: sourceJobId[way],
  durationMs: sql`i.total_duration_ms`,
  sourceEventId: sql`i.source_event_id`,
  sourceEventTime: sql`i.source_event_time`,
  eventsDetected: sql`i.events_detected_count`,
  jobsRun: sql`i.total_jobs_run`,
  // These two are its version: written out, the time makes an end as well.
  updatedAt: writtenAt[way],
  transaction: sql`i.xmin`,
  ...(way === 'column' ? {} : { link: linkLabel[way], kept: sql`l.version` }),
}))

/** What tells one state of an invocation `i`, and of what is kept of its link, from all others: the end of what is packed. */
export const nodeState = eachWay((way) => {
  const { updatedAt, transaction, link, kept } = packedNode[way] as Columns
  return pack([updatedAt, transaction, link, kept].filter((member) => member !== undefined))
})

/** What no figure of a tree and no place in it is made of. */
const shownAlone = new Set(['sourceEventId', 'sourceEventTime', 'eventsDetected', 'jobsRun'])

/**
 * Of an invocation `i` and of `j`, the job that triggered it: all but its place in the tree. Of what is only shown, those columns are read that `fields` are made of.
 */
export function nodeColumns(way: LinkWay, fields?: Fields): typeof allColumns.column {
  return fields ? columnsOf(way, fields) : allColumns[way]
}

const allColumns = eachWay((way) => columnsOf(way))

function columnsOf(way: LinkWay, fields?: Fields) {
  const always = Object.keys(packedNode[way]).filter((name) => !shownAlone.has(name))
  return {
    id: invocationColumns[way].id,
    packed: pack(Object.values(columnsRead<Columns>(packedNode[way], fields?.columns, ...always))),
    signOfLife: invocationColumns[way].signOfLife,
    ...columnsRead(nodeTexts, fields?.columns, 'status'),
  }
}

/** What nodeColumns packed, with the place before it. */
export function withPlace(depth: Sql, size: Sql, packed: Sql): Sql {
  return pack([depth, size, packed])
}

export type PackedNode = Packed<NodeRow, keyof typeof nodeTexts | 'signOfLife'>

/** Members before the state. */
const STATE = 10

export function unpackNode({
  id,
  packed,
  signOfLife,
  status,
  sourceFunction,
  sourceTable,
  sourceOperation,
  sourceSystem,
  correlationId,
  errorMessage,
}: PackedNode): NodeRow {
  const members = packed.split(',')
  const [
    depth = '',
    size = '',
    parentId = '',
    createdAt = '',
    sourceJobId = '',
    durationMs = '',
    sourceEventId = '',
    sourceEventTime = '',
    eventsDetected = '',
    jobsRun = '',
    updatedAt = '',
    _transaction,
    link = '',
  ] = members
  return {
    id,
    depth: Number(depth),
    size: Number(size),
    parentId: textOrNull(parentId),
    createdAt,
    updatedAt: textOrNull(updatedAt),
    durationMs: numberOrNull(durationMs),
    status,
    signOfLife,
    sourceFunction,
    sourceTable,
    sourceOperation,
    sourceSystem,
    sourceEventId: textOrNull(sourceEventId),
    sourceEventTime: textOrNull(sourceEventTime),
    correlationId,
    sourceJobId: textOrNull(sourceJobId),
    link: textOrNull(link) as Link | null,
    eventsDetected: numberOrNull(eventsDetected),
    jobsRun: numberOrNull(jobsRun),
    errorMessage,
    state: members.slice(STATE).join(','),
  }
}
