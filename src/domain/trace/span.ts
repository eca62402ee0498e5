/** What is told of a span beside its name and times. */
export type Attributes = Readonly<Record<string, string | number | boolean>>

/** What ended a span before its work was done. */
export interface SpanException {
  /** The class that the message names, such as TypeError; null: it names none. */
  type: string | null
  message: string
  stack?: string
}

/** One thing that ran, as tracing tools draw it. */
export interface Span {
  /** 16 hex digits. */
  id: string
  /** Of the span that it stands below; null: it stands at the top of the trace. */
  parentId: string | null
  name: string
  /** The function in which it ran. */
  service: string
  kind: 'server' | 'internal'
  /** Microseconds since 1970, whole and at most 2^53 - 1. */
  start: number
  /** Microseconds, whole; the end too is at most 2^53 - 1. */
  duration: number
  failed: boolean
  attributes: Attributes
  exception: SpanException | null
  /** Whole sentences: what a viewer would otherwise take for something else. */
  warnings: string[]
  /** The row that it was made of. */
  row: SpanRow
}

export interface SpanRow {
  kind: SpanKind
  id: string
}

/** What spans are made of. */
export type SpanKind = 'invocation' | 'event' | 'job'

/** An execution tree as spans: parents stand before their children. */
export interface Trace {
  /** 32 hex digits: the id of the root invocation without its dashes. */
  id: string
  spans: Iterable<Span>
  /** Whole sentences: what of the tree is not shown. */
  warnings: string[]
}
