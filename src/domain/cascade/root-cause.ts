import type { Downstream } from './downstream.ts'

/** A failure with none above it. */
export interface RootCause {
  /** job: it failed. handler: the handler or the detection of an event threw. invocation: it failed, and neither a job nor an event says why. */
  kind: 'job' | 'handler' | 'invocation'
  /** When it was over: the end of the job, or of the invocation (no row tells when a handler threw); the start if there is no end. An instant. */
  at: string
  /** Of the job, of the event, or of the function. */
  name: string
  id: string
  invocationId: string
  sourceFunction: string
  status: string
  errorMessage: string | null
  downstream: Downstream
}

/** The first of them, and how many there are. */
export interface Some<Item> {
  count: number
  data: Item[]
}
