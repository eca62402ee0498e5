import { fieldsOf } from '../../../domain/fields.ts'
import { Invalid } from '../../../domain/invalid.ts'
import { MOST_WHOLE } from '../../../domain/tree/most-whole.ts'
import { columnsOfNode } from '../../../domain/tree/node-fields.ts'
import type { TreeLimits } from '../../../domain/tree/row.ts'
import type { Form } from '../../negotiate/content-type.ts'

/** How an answer holds a tree: one document of JSON, nested or flat, lines of JSON or of text, a diagram, or the spans of OpenTelemetry. */
export type Layout = 'nested' | 'flat' | 'ndjson' | 'text' | 'diagram' | 'otlp'

/** How far a tree may go: levels below its start, and invocations. */
export interface Maxima {
  maxDepth: number
  maxNodes: number
}

export type ByLayout = Record<Layout, Maxima>

const MAX_JOBS = 1000
const MAX_NESTED = 1000

/** 245 levels of JSON, four for each of the tree's. What parsers take stands in docs/api.md. */
const NESTED_DEPTH = 60
const DEPTH = 100

const names: Record<Layout, string> = {
  nested: 'nested JSON',
  flat: 'flat JSON',
  ndjson: 'application/x-ndjson',
  text: 'text/plain',
  diagram: 'a diagram',
  otlp: 'application/vnd.otlp+json',
}
/** Text and pictures show what they always show. */
const inJson = new Set<Layout>(['nested', 'flat', 'ndjson'])
/** What gives more than another one; a diagram and spans never do. */
const parameters: Record<Exclude<Layout, 'diagram' | 'otlp'>, string> = {
  nested: 'shape=nested',
  flat: 'shape=flat',
  ndjson: 'format=ndjson',
  text: 'format=text',
}

export function layoutOf(form: Form, shape: 'nested' | 'flat'): Layout {
  if (form === 'mermaid' || form === 'dot') return 'diagram'
  return form === 'ndjson' || form === 'text' || form === 'otlp' ? form : shape
}

/** Nested JSON overflows the stack of most parsers at a depth of some thousands. Only a tree that is streamed is not held whole. */
export function maximaOf({ maxDepth, maxNodes }: Maxima): ByLayout {
  const whole = { maxDepth, maxNodes: Math.min(MOST_WHOLE, maxNodes) }
  return {
    nested: { ...whole, maxDepth: Math.min(MAX_NESTED, maxDepth) },
    flat: whole,
    ndjson: { maxDepth, maxNodes },
    text: whole,
    diagram: whole,
    otlp: whole,
  }
}

/** The depth where none is asked for. */
export function defaultDepth(layout: Layout, maxima: ByLayout): number {
  return Math.min(layout === 'nested' ? NESTED_DEPTH : DEPTH, maxima[layout].maxDepth)
}

/** What was asked for. Throws Invalid beyond what the layout allows. */
export function reachOf(
  asked: { maxDepth?: number; maxNodes: number; include?: unknown; fields?: string },
  layout: Layout,
  maxima: ByLayout,
): TreeLimits {
  const given = { maxDepth: asked.maxDepth ?? defaultDepth(layout, maxima), maxNodes: asked.maxNodes }
  const allowed = maxima[layout]
  for (const name of ['maxDepth', 'maxNodes'] as const) {
    if (given[name] > allowed[name])
      throw new Invalid(
        name,
        given[name],
        `a whole number up to ${allowed[name]} as ${names[layout]}; ${moreAs(name, allowed[name], maxima)}`,
      )
  }
  return {
    ...given,
    maxJobs: MAX_JOBS,
    // Jobs stand below their events in spans.
    events: asked.include !== undefined || layout === 'otlp',
    ...(asked.fields === undefined || !inJson.has(layout) ? {} : { fields: fieldsOf(asked.fields, columnsOfNode) }),
  }
}

/** What the other layouts allow, where it is more. */
function moreAs(name: keyof Maxima, most: number, maxima: ByLayout): string {
  const more = (Object.keys(parameters) as Array<keyof typeof parameters>).filter(
    (layout) => maxima[layout][name] > most,
  )
  return more.map((layout) => `up to ${maxima[layout][name]} with ${parameters[layout]}`).join(', ')
}
