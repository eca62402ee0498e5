import { join, sql, type Sql } from '../../db/sql.ts'
import type { NodeEventRow, NodeEventsRow, NodeJobRow, NodeRow } from '../../domain/tree/row.ts'
import { picked } from '../columns.ts'
import { eventColumns } from '../events.ts'
import { invocationColumns } from '../invocations.ts'
import { jobColumns } from '../jobs.ts'

// How the rows of a tree travel. What cannot hold a comma comes as one text, since each field of each row costs the driver 0.4 µs: 10,000 nodes with
// 20,000 jobs take 76 ms of it so, and 175 ms a column each. Nothing between two commas is NULL. Each packing stands above its unpacking, in one order.

/** Ids stand alone beside the text: they are kept for a level, and a piece cut from a longer text would keep all of it in memory. */
type Packed<R, N extends keyof R> = { id: string; packed: string } & Pick<R, N>

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

const jobTexts = picked(jobColumns, 'status', 'name', 'functionName', 'errorMessage')

const packedJob = {
  invocationId: sql`j.invocation_id`,
  eventExecutionId: sql`j.event_execution_id`,
  createdAt: sql`j.created_at`,
  durationMs: sql`j.duration_ms`,
  version: jobColumns.version,
}

/** Of a job `j`. */
export const nodeJobColumns = { id: jobColumns.id, packed: pack(Object.values(packedJob)), ...jobTexts }

export type PackedJob = Packed<NodeJobRow, keyof typeof jobTexts>

export function unpackJob({ id, packed, status, name, functionName, errorMessage }: PackedJob): NodeJobRow {
  const [invocationId = '', eventExecutionId = '', createdAt = '', durationMs = ''] = packed.split(',')
  return {
    id,
    invocationId,
    eventExecutionId,
    createdAt,
    name,
    functionName,
    status,
    durationMs: numberOrNull(durationMs),
    errorMessage,
    state: packed,
  }
}

/** Of an event `e`, as the members of an array in JSON. */
export const nodeEventColumns = {
  id: eventColumns.id,
  name: eventColumns.name,
  status: eventColumns.status,
  createdAt: sql`${eventColumns.createdAt}::text`,
  detectionDurationMs: eventColumns.detectionDurationMs,
  handlerDurationMs: eventColumns.handlerDurationMs,
  errorMessage: eventColumns.errorMessage,
  version: eventColumns.version,
}

type PackedEvent = [
  id: string,
  name: string,
  status: string,
  createdAt: string,
  detectionDurationMs: number | null,
  handlerDurationMs: number | null,
  errorMessage: string | null,
  version: string,
]

export type PackedEvents = Pick<NodeEventsRow, 'invocationId' | 'detected' | 'undetected'> & {
  data: PackedEvent[] | null
}

export function unpackEvents({ invocationId, detected, undetected, data }: PackedEvents): NodeEventsRow {
  return {
    invocationId,
    detected,
    undetected,
    data: (data ?? []).map(unpackEvent),
    state: JSON.stringify([detected, undetected, data]),
  }
}

function unpackEvent([
  id,
  name,
  status,
  createdAt,
  detectionDurationMs,
  handlerDurationMs,
  errorMessage,
]: PackedEvent): NodeEventRow {
  return { id, name, status, createdAt, detectionDurationMs, handlerDurationMs, errorMessage }
}

function pack(members: Sql[]): Sql {
  return sql`concat(${join(members, `, ',', `)})`
}

function textOrNull(text: string): string | null {
  return text === '' ? null : text
}

/** A number as Postgres writes it; null for none, and for what JSON does not hold (NaN, infinity). */
function numberOrNull(text: string): number | null {
  const number = Number(text)
  return text === '' || !Number.isFinite(number) ? null : number
}
