import { sql, type Sql } from '../../db/sql.ts'
import type { NodeRow } from '../../domain/tree/row.ts'
import { picked } from '../columns.ts'
import { invocationColumns } from '../invocations.ts'
import { numberOrNull, pack, textOrNull, type Packed } from './packing.ts'

const nodeTexts = picked(
  invocationColumns,
  'status',
  'sourceFunction',
  'sourceTable',
  'sourceOperation',
  'sourceSystem',
  'correlationId',
  'errorMessage',
)

const packedNode = {
  parentId: sql`j.invocation_id`,
  createdAt: sql`i.created_at`,
  sourceJobId: sql`i.source_job_id`,
  durationMs: sql`i.total_duration_ms`,
  sourceEventId: sql`i.source_event_id`,
  sourceEventTime: sql`i.source_event_time`,
  eventsDetected: sql`i.events_detected_count`,
  jobsRun: sql`i.total_jobs_run`,
  // These two are its version: written out, the time makes an end as well.
  updatedAt: invocationColumns.updatedAt,
  transaction: sql`i.xmin`,
}

/** Of an invocation `i` and of `j`, the job that triggered it: all but its place in the tree. The sign of life is no part of the state, which is what was packed. */
export const nodeColumns = {
  id: invocationColumns.id,
  packed: pack(Object.values(packedNode)),
  signOfLife: invocationColumns.signOfLife,
  ...nodeTexts,
}

/** What nodeColumns packed, with the place before it. */
export function withPlace(depth: Sql, size: Sql, packed: Sql): Sql {
  return pack([depth, size, packed])
}

export type PackedNode = Packed<NodeRow, keyof typeof nodeTexts | 'signOfLife'>

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
  ] = packed.split(',')
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
    eventsDetected: numberOrNull(eventsDetected),
    jobsRun: numberOrNull(jobsRun),
    errorMessage,
    state: packed,
  }
}
