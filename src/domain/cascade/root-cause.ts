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
  /** What normally follows it and did not; null: nobody can tell. */
  didNotFollow: DidNotFollow[] | null
}

/** What normally follows a job (a function) or runs in a function (a job), and was not there. */
export interface DidNotFollow {
  kind: 'function' | 'job'
  name: string
  /** The runs from which that was learnt, and the share of them that it followed. */
  support: number
  confidence: number
}

/** The first of them, and how many there are. */
export interface Some<Item> {
  count: number
  data: Item[]
}
