import { encodeCursor, type Position } from './cursor.ts'
import { endOf, instant } from './instant.ts'
import { invocation, type Invocation, type InvocationRow, type Status } from './invocation.ts'
import type { EventStatus } from './event.ts'

/** How far a tree goes: levels below its start, invocations in all, jobs (and events) of one invocation; and whether events are shown. */
export interface Reach {
  maxDepth: number
  maxNodes: number
  maxJobs: number
  events: boolean
}

type JobTuple = [id: string, name: string, functionName: string | null, status: Status, durationMs: number | null, createdAt: string, errorMessage: string | null, eventExecutionId: string, version: string]
type EventTuple = [id: string, name: string, status: EventStatus, createdAt: string, detectionDurationMs: number | null, handlerDurationMs: number | null, errorMessage: string | null, version: string]

/**
 * One invocation of a tree, as the walk reads it. `seen` and `size` are the invocations above its level and on it, before any cut;
 * `omitted` counts what its jobs triggered where the walk went no further; `jobsInAll` is null unless its jobs reach the bound.
 */
export interface TreeRow extends InvocationRow {
  depth: number
  parentId: string | null
  seen: number
  size: number
  jobs: JobTuple[] | null
  jobsInAll: number | null
  omitted: number
  detected?: number
  undetected?: number
  events?: EventTuple[] | null
}

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

/** What is left out at this place, and the request that yields it. */
export interface More {
  invocations?: number
  jobs?: number
  href: string
}

/** A node without what it triggered: an Invocation whose `jobs` are the rows themselves. `depth` counts from the tree's start. */
export interface Node extends Omit<Invocation, 'jobs'> {
  depth: number
  /** The invocation whose job triggered this one, within this tree: null at its start. */
  parentId: string | null
  jobs: TreeJob[]
  events?: NodeEvents
  more?: More
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

/** A row as a node; `more` says what the walk left out below it. */
export function node(row: TreeRow): Node {
  // The fresh object is filled up, not copied: a copy of twenty fields costs as much as all of its instants.
  const shown: Node = Object.assign(invocation(row), { depth: row.depth, parentId: row.parentId, jobs: (row.jobs ?? []).map(treeJob) })
  if (row.detected !== undefined) shown.events = { detected: row.detected, undetected: row.undetected ?? 0, data: (row.events ?? []).map(nodeEvent) }
  const more = moreBelow(row, shown.jobs)
  if (more) shown.more = more
  return shown
}

/** A row that an answer shows: its id, and the transaction that wrote it last (xmin). */
export interface Shown {
  id: string
  version: string
}

/** Every row of the database behind a node: the invocation, its jobs, its detected events; and the counts of what is not shown. */
export function shownBy({ id, version, jobs, events, undetected, omitted, jobsInAll }: TreeRow): Shown[] {
  return [
    { id, version: `${version} ${undetected ?? ''} ${omitted} ${jobsInAll ?? ''}` },
    ...(jobs ?? []).map((job) => ({ id: job[0], version: job[8] })),
    ...(events ?? []).map((event) => ({ id: event[0], version: event[7] })),
  ]
}

function moreBelow({ id, jobsInAll, omitted }: TreeRow, jobs: TreeJob[]): More | undefined {
  const hidden = jobsInAll === null ? 0 : jobsInAll - jobs.length
  if (omitted > 0) return { invocations: omitted, ...(hidden > 0 ? { jobs: hidden } : {}), href: `/trees/${id}` }
  const last = jobs.at(-1)
  return hidden > 0 && last ? { jobs: hidden, href: restOf('/jobs', 'invocationId', id, { at: last.startedAt, id: last.id }) } : undefined
}

/** The request for the rest of a list in ascending order, after a position (from its beginning without one). */
export function restOf(route: string, filter: string, id: string, after: Position | null): string {
  const cursor = after && encodeCursor(route, { [filter]: [id], order: 'asc' }, { from: null, to: null, after })
  return `${route}?${filter}=${id}&order=asc${cursor === null ? '' : `&cursor=${cursor}`}`
}

function treeJob([id, name, functionName, status, durationMs, createdAt, errorMessage, eventExecutionId]: JobTuple): TreeJob {
  const startedAt = instant(createdAt)
  return { id, name, functionName, status, durationMs, startedAt, endedAt: endOf(startedAt, durationMs), errorMessage, eventExecutionId }
}

function nodeEvent([id, name, status, createdAt, detectionDurationMs, handlerDurationMs, errorMessage]: EventTuple): NodeEvent {
  return { id, name, status, createdAt: instant(createdAt), detectionDurationMs, handlerDurationMs, errorMessage }
}
