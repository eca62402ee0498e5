import type { components } from '../../../client/client.ts'

type Schemas = components['schemas']

/** What the views need of an invocation of a tree, as the API answers it in its flat shape. */
export type OutlineNode = Pick<
  Schemas['FlatNode'],
  | 'id'
  | 'createdAt'
  | 'endedAt'
  | 'status'
  | 'stale'
  | 'crashed'
  | 'crash'
  | 'sourceFunction'
  | 'sourceJobId'
  | 'sourceEventTime'
  | 'link'
  | 'errorMessage'
  | 'parentId'
  | 'clockSkew'
  | 'more'
  | 'cycle'
> & { jobs: readonly OutlineJob[] }

export type OutlineJob = Pick<
  Schemas['FlatJob'],
  'id' | 'name' | 'status' | 'stale' | 'startedAt' | 'endedAt' | 'errorMessage' | 'more'
>

/**
 * An invocation or a job in its tree. Steps stand in an array, each before all that it led to, so a subtree is the steps from `index` up to `end`.
 * Times are milliseconds since 1970.
 */
export interface Step {
  readonly index: number
  readonly kind: 'invocation' | 'job'
  readonly id: string
  /** Of the function or of the job. */
  readonly name: string
  /** The invocation itself, or the one that ran the job. */
  readonly invocationId: string
  readonly status: string
  readonly stale: boolean
  /** The event whose handler or detection threw in this invocation. */
  readonly crashedIn: string | null
  /** It failed or crashed itself, whatever became of what it led to. */
  readonly failed: boolean
  readonly message: string | null
  /** What is known of the job that triggered this invocation; null: a job. */
  readonly link: Schemas['Link'] | null
  readonly clockSkew: boolean
  readonly cycle: boolean
  /** What the service left out below this step. */
  readonly more: Schemas['More'] | null
  readonly startMs: number | null
  /** Null: it runs, or nobody knows. */
  readonly endMs: number | null
  /** It runs, so that it lasts until now. */
  readonly running: boolean
  /** When that which triggered it handed over; null: it did not wait, or nobody knows. */
  readonly waitsFromMs: number | null
  /** Steps above it. */
  readonly depth: number
  /** The index of the step that led to it; -1: none. */
  readonly parent: number
  /** Its place among those that have the same parent. */
  readonly place: number
  /** Steps directly below it. */
  readonly children: number
  /** The index behind its subtree. */
  readonly end: number
  /** Steps of its subtree that failed, itself among them. */
  readonly failures: number
}

const failures = new Set(['failed', 'timeout', 'timed_out'])

/** Is this the status of a failure? (The same words as those of the API.) */
export function isFailure(status: string): boolean {
  return failures.has(status)
}
