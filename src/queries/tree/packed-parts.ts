import { sql, type Sql } from '../../db/sql.ts'
import type { Fields } from '../../domain/fields.ts'
import type { NodeCrashRow, NodeEventRow, NodeEventsRow, NodeJobRow, NodeParts } from '../../domain/tree/row.ts'
import { columnsRead, picked } from '../columns.ts'
import { eventColumns as eventColumnsOf } from '../events.ts'
import { jobColumns as jobColumnsOf } from '../jobs.ts'
import { crashColumns } from '../outcome.ts'
import { numberOrNull, pack, type Packed } from './packing.ts'

// Their signs of life, which tell of links, are told by the node.
const eventColumns = eventColumnsOf.column
const jobColumns = jobColumnsOf.column

const jobTexts = picked(jobColumns, 'status', 'name', 'functionName', 'errorMessage')

const packedJob = {
  invocationId: sql`j.invocation_id`,
  eventExecutionId: sql`j.event_execution_id`,
  createdAt: sql`j.created_at`,
  durationMs: sql`j.duration_ms`,
  version: jobColumns.version,
}

/** Of a job `j`. Of what is only shown, those columns are read that `fields` are made of. */
export function nodeJobColumns(fields?: Fields) {
  const wanted = fields && new Set([...fields.columns].flatMap((name) => /^jobs\.(.*)$/.exec(name)?.[1] ?? []))
  return {
    id: jobColumns.id,
    packed: pack(Object.values(columnsRead(packedJob, wanted, 'invocationId', 'createdAt', 'durationMs', 'version'))),
    ...columnsRead(jobTexts, wanted, 'status'),
  }
}

type PackedJob = Packed<NodeJobRow, keyof typeof jobTexts>

function unpackJob({ id, packed, status, name, functionName, errorMessage }: PackedJob): NodeJobRow {
  const [invocationId = '', eventExecutionId = '', createdAt = '', durationMs = '', version = ''] = packed.split(',')
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
    state: version,
  }
}

const CRASH = 'crash'

/** Of an event `e` that crashed: the columns of a job under other meanings, so that both come in one statement. */
export function nodeCrashColumns(fields?: Fields) {
  const { eventName, message } = columnsRead(
    crashColumns,
    fields?.columns.has('crash') === false ? new Set() : undefined,
  )
  return {
    id: crashColumns.eventId,
    packed: pack([sql`${CRASH}::text`, sql`e.invocation_id`, crashColumns.version]),
    status: sql`null::text`,
    name: eventName,
    functionName: sql`null::text`,
    errorMessage: message,
  } satisfies Record<keyof ReturnType<typeof nodeJobColumns>, Sql>
}

/** A job, or the first crash, of an invocation of a tree. */
export type PackedPart = PackedJob

/** In the order of the rows. */
export function unpackParts(rows: readonly PackedPart[]): NodeParts {
  const jobs: NodeJobRow[] = []
  const crashes: NodeCrashRow[] = []
  for (const row of rows) {
    if (row.packed.startsWith(CRASH)) crashes.push(unpackCrash(row))
    else jobs.push(unpackJob(row))
  }
  return { jobs, crashes }
}

function unpackCrash({ id, packed, name, errorMessage }: PackedPart): NodeCrashRow {
  const [, invocationId = '', version = ''] = packed.split(',')
  return { invocationId, eventId: id, eventName: name, message: errorMessage, version }
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
