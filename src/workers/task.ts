import type { Writer } from '../db/db.ts'
import type { Lease } from '../queries/recovery/lease.ts'

/** A part of what the worker of the service does, with its own switch and its own failures. */
export interface Task {
  /** Its lines in the log begin with it: `links`. */
  name: string
  /** Does some of its work under the lease; resolves to whether nothing is left to do at this moment. What it throws stops no other task. */
  tick(writer: Writer, lease: Lease): Promise<boolean>
  told: TaskTexts
}

/** How a task is told of to whoever asks for readiness, who needs no key: so no host and no name of a row stands in it. */
export interface TaskTexts {
  /** It has not begun. */
  waiting: string
  /** It was done; ` 2.1 s ago` follows. */
  done: string
  /** It failed, and is tried again. */
  failing: string
  /** Another process holds the lease. */
  elsewhere: string
}
