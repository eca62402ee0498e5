import { endOf, instant } from '../instant.ts'
import type { EventStatus } from '../model/event.ts'
import type { Invocation, Status } from '../model/invocation.ts'
import type { Rest } from '../paging/rest.ts'
import type { EventTuple, Member, NodeEventsRow, NodeJobRow } from './row.ts'

export interface TreeJob {
  id: string
  name: string
  functionName: string | null
  status: Status
  durationMs: number | null
  startedAt: string
  endedAt: string | null
  errorMessage: string | null
  eventExecutionId: string
}

/** What is left out at this place, and where it is to be found. */
export interface More {
  /** Those that come next; what stands below them is not among them. */
  invocations?: number
  /** How many invocations stand below those, where that is known without a walk. */
  below?: number
  /** What these triggered is not counted. */
  jobs?: number
  rest: Rest
}

/** A node without what it triggered: an Invocation whose `jobs` are the rows themselves. `depth` counts from the tree's start. `M` says what is left out here. */
export interface Node<M = More> extends Omit<Invocation, 'jobs'> {
  depth: number
  /** The invocation whose job triggered this one, within this tree: null at its start. */
  parentId: string | null
  jobs: TreeJob[]
  events?: NodeEvents
  more?: M
  cycle?: true
}

/** The detected events of a node (as many as are shown, and how many there are) and the number of undetected ones. */
export interface NodeEvents {
  detected: number
  undetected: number
  data: NodeEvent[]
}

export interface NodeEvent {
  id: string
  name: string
  status: EventStatus
  createdAt: string
  detectionDurationMs: number | null
  handlerDurationMs: number | null
  errorMessage: string | null
}

/** What was read of an invocation beside its own row, and what was left out below it. */
export interface Parts {
  jobs: TreeJob[]
  /** How many jobs it has, where they reach the bound; null otherwise. */
  jobsInAll: number | null
  /** Invocations that its jobs triggered where the walk went no further. */
  omitted: number
  /** How many stand below those; null: not known. */
  below: number | null
  events?: NodeEventsRow | undefined
}

/** A member of a tree as it is answered. */
export function node({ depth, id, parentId, sourceJobId, fields, row }: Member, parts: Parts): Node {
  const [, , , at = '', , duration = '', sourceEventId = '', sourceEventTime = '', eventsDetected = ''] = fields
  const createdAt = instant(at)
  const durationMs = count(duration)
  const shown: Node = {
    id,
    createdAt,
    endedAt: endOf(createdAt, durationMs),
    durationMs,
    status: row.status,
    sourceFunction: row.sourceFunction,
    sourceTable: row.sourceTable,
    sourceOperation: row.sourceOperation,
    sourceSystem: row.sourceSystem,
    sourceEventId: sourceEventId === '' ? null : sourceEventId,
    sourceEventTime: sourceEventTime === '' ? null : instant(sourceEventTime),
    correlationId: row.correlationId,
    sourceJobId,
    eventsDetected: count(eventsDetected),
    jobs: parts.jobs,
    errorMessage: row.errorMessage,
    depth,
    parentId,
  }
  if (parts.events) shown.events = { detected: parts.events.detected, undetected: parts.events.undetected, data: (parts.events.data ?? []).map(nodeEvent) }
  const more = moreBelow(id, parts)
  if (more) shown.more = more
  return shown
}

/** A job, and the invocation that it belongs to. */
export function treeJob({ id, packed, status, name, functionName, errorMessage }: NodeJobRow): { invocationId: string; job: TreeJob } {
  const [invocationId = '', eventExecutionId = '', at = '', duration = ''] = packed.split(',')
  const startedAt = instant(at)
  const durationMs = count(duration)
  return { invocationId, job: { id, name, functionName, status, durationMs, startedAt, endedAt: endOf(startedAt, durationMs), errorMessage, eventExecutionId } }
}

/** A number as Postgres writes it, or as JSON holds it, where what is none (NaN, infinity) is text; null is for these too. */
function count(given: string | number | null): number | null {
  const number = Number(given)
  return given === '' || given === null || !Number.isFinite(number) ? null : number
}

/** Invocations that are left out, and how many stand below them where that is known. */
export function invocationsLeft(invocations: number, below: number | null): Pick<More, 'invocations' | 'below'> {
  return below === null ? { invocations } : { invocations, below }
}

function moreBelow(id: string, { jobs, jobsInAll, omitted, below }: Parts): More | undefined {
  const hidden = jobsInAll === null ? 0 : jobsInAll - jobs.length
  if (omitted > 0) return { ...invocationsLeft(omitted, below), ...(hidden > 0 ? { jobs: hidden } : {}), rest: { of: 'tree', id } }
  const last = jobs.at(-1)
  return hidden > 0 && last ? { jobs: hidden, rest: { of: 'jobs', invocationId: id, after: { at: last.startedAt, id: last.id } } } : undefined
}

function nodeEvent([id, name, status, createdAt, detectionDurationMs, handlerDurationMs, errorMessage]: EventTuple): NodeEvent {
  return { id, name, status, createdAt: instant(createdAt), detectionDurationMs: count(detectionDurationMs), handlerDurationMs: count(handlerDurationMs), errorMessage }
}
