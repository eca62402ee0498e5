import type { Fields } from '../fields.ts'
import type { CrashRow } from '../model/crash.ts'
import type { EventRow } from '../model/event.ts'
import type { InvocationRow } from '../model/invocation.ts'
import type { JobRow } from '../model/job.ts'

/** How far a tree goes: levels below its start, invocations in all, jobs (and events) of one invocation; whether events are shown, and which fields of each invocation (absent: all). */
export interface TreeLimits {
  maxDepth: number
  maxNodes: number
  maxJobs: number
  events: boolean
  fields?: Fields
}

/** One invocation of a tree, as the walk reads it, and where it stands. */
export interface NodeRow extends Omit<InvocationRow, 'crash' | 'jobsSucceeded' | 'jobsFailed' | 'version'> {
  depth: number
  /** The invocations on its level before any cut, as far as anybody counted. */
  size: number
  parentId: string | null
  /** A text that is another one as soon as the row is, or what is kept of its link. */
  state: string
}

/** A job of an invocation of a tree, likewise. */
export interface NodeJobRow extends Omit<JobRow, 'correlationId' | 'signOfLife' | 'version'> {
  state: string
}

/** A detected event of an invocation of a tree. */
export type NodeEventRow = Pick<
  EventRow,
  'id' | 'name' | 'status' | 'createdAt' | 'detectionDurationMs' | 'handlerDurationMs' | 'errorMessage'
>

/** The events of an invocation of a tree: how many there are, and of the detected ones those that are shown. */
export interface NodeEventsRow {
  invocationId: string
  detected: number
  undetected: number
  data: NodeEventRow[]
  state: string
}

/** The first crash of an invocation of a tree. */
export interface NodeCrashRow extends CrashRow {
  invocationId: string
}

/** What belongs to some invocations of a tree: their jobs, those of each by (createdAt, id), and the first crashes. */
export interface NodeParts {
  jobs: NodeJobRow[]
  crashes: NodeCrashRow[]
}

/** How many invocations a job triggered, and how many stand below those; null: not known. */
export interface TriggeredCount {
  jobId: string
  count: number
  below: number | null
}
