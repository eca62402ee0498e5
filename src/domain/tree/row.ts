import type { EventStatus } from '../model/event.ts'
import type { Status } from '../model/invocation.ts'

/** How far a tree goes: levels below its start, invocations in all, jobs (and events) of one invocation; and whether events are shown. */
export interface TreeLimits {
  maxDepth: number
  maxNodes: number
  maxJobs: number
  events: boolean
}

/**
 * One invocation of a tree, as the walk reads it. What cannot hold a comma comes as one text, since each field of each row costs the
 * driver 0.4 µs: 10,000 nodes with 20,000 jobs take 76 ms of it so, and 175 ms a column each. Nothing between two commas is NULL.
 */
export interface NodeRow {
  /** Ids that are kept for a level stand alone: a piece cut from a longer text would keep all of it in memory. */
  id: string
  /** depth, size, parentId, createdAt, sourceJobId, durationMs, sourceEventId, sourceEventTime, eventsDetected, version */
  packed: string
  status: Status
  sourceFunction: string
  sourceTable: string | null
  sourceOperation: string | null
  sourceSystem: string | null
  correlationId: string | null
  errorMessage: string | null
}

/** A job of an invocation of a tree, likewise. */
export interface NodeJobRow {
  id: string
  /** invocationId, eventExecutionId, createdAt, durationMs, version */
  packed: string
  status: Status
  name: string
  functionName: string | null
  errorMessage: string | null
}

/** The events of an invocation of a tree: how many there are, and of the detected ones those that are shown. */
export interface NodeEventsRow {
  invocationId: string
  detected: number
  undetected: number
  data: EventTuple[] | null
}

export type EventTuple = [id: string, name: string, status: EventStatus, createdAt: string, detectionDurationMs: number | null, handlerDurationMs: number | null, errorMessage: string | null, version: string]

/** How many invocations a job triggered, and how many stand below those; null: not known. */
export interface TriggeredCount {
  jobId: string
  count: number
  below: number | null
}

/** A row and where it stands. `size`: the invocations on its level before any cut, as far as anybody counted. */
export interface Member {
  depth: number
  size: number
  id: string
  parentId: string | null
  sourceJobId: string | null
  fields: string[]
  row: NodeRow
}

export function member(row: NodeRow): Member {
  const fields = row.packed.split(',')
  const [depth = '', size = '', parentId = '', , sourceJobId = ''] = fields
  return { depth: Number(depth), size: Number(size), id: row.id, parentId: parentId === '' ? null : parentId, sourceJobId: sourceJobId === '' ? null : sourceJobId, fields, row }
}
