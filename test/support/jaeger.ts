import assert from 'node:assert/strict'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'

// What Grafana's data source and Jaeger's UI rely on, as JSON Schemas.

const text = { type: 'string' }
const texts = { type: 'array', items: text }
const whole = { type: 'integer', minimum: 0 }
const micros = { ...whole, maximum: Number.MAX_SAFE_INTEGER }
const decimal = { type: 'string', pattern: '^(0|[1-9][0-9]{0,18})$' }
const traceId = { type: 'string', pattern: '^[0-9a-f]{32}$' }
const spanId = { type: 'string', pattern: '^[0-9a-f]{16}$' }

const object = (properties: Record<string, object>, optional: string[] = []): object => ({
  type: 'object',
  properties,
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
  additionalProperties: false,
})
const listOf = (items: object): object => ({ type: 'array', items })

const tagOf = (type: string, value: object): object => object({ key: text, type: { const: type }, value })
const tag = {
  anyOf: [
    tagOf('string', text),
    tagOf('bool', { type: 'boolean' }),
    tagOf('int64', { type: 'integer' }),
    tagOf('float64', { type: 'number' }),
  ],
}
const span = object({
  traceID: traceId,
  spanID: spanId,
  operationName: text,
  references: {
    ...listOf(object({ refType: { const: 'CHILD_OF' }, traceID: traceId, spanID: spanId })),
    maxItems: 1,
  },
  startTime: micros,
  duration: micros,
  tags: listOf(tag),
  logs: listOf(object({ timestamp: micros, fields: listOf(tag) })),
  processID: { type: 'string', pattern: '^p[0-9]+$' },
  warnings: { type: ['array', 'null'], items: text },
})
const trace = object({
  traceID: traceId,
  spans: { ...listOf(span), minItems: 1 },
  processes: {
    type: 'object',
    additionalProperties: object({ serviceName: { ...text, minLength: 1 }, tags: listOf(tag) }),
  },
  warnings: { type: ['array', 'null'], items: text, minItems: 1 },
})
const envelope = (data: object): object =>
  object({ data, total: whole, limit: whole, offset: whole, errors: { type: 'null' }, warnings: texts }, ['warnings'])

const keyValues = listOf(
  object({
    key: text,
    value: { oneOf: [object({ stringValue: text }), object({ intValue: { type: 'string', pattern: '^-?[0-9]+$' } })] },
  }),
)
const otlpSpan = object(
  {
    traceId,
    spanId,
    parentSpanId: spanId,
    name: text,
    kind: { enum: [1, 2] },
    startTimeUnixNano: decimal,
    endTimeUnixNano: decimal,
    attributes: keyValues,
    events: listOf(object({ timeUnixNano: decimal, name: text, attributes: keyValues })),
    status: object({ code: { const: 2 }, message: text }, ['code', 'message']),
  },
  ['parentSpanId', 'events'],
)
const resourceSpans = listOf(
  object({
    resource: object({ attributes: keyValues }),
    scopeSpans: listOf(object({ scope: object({ name: text }), spans: { ...listOf(otlpSpan), minItems: 1 } })),
  }),
)
const operations = listOf(object({ name: text, spanKind: { enum: ['server', 'internal'] } }))

export const schemas = {
  names: envelope(texts),
  operations: envelope(operations),
  traces: envelope(listOf(trace)),
  calls: envelope(listOf(object({ parent: text, child: text, callCount: { type: 'integer', minimum: 1 } }))),
  error: object({
    data: { type: 'null' },
    total: whole,
    limit: whole,
    offset: whole,
    errors: {
      ...listOf(object({ code: { type: 'integer', minimum: 400 }, msg: { ...text, minLength: 1 } })),
      minItems: 1,
    },
  }),
  servicesV3: object({ services: texts }),
  operationsV3: object({ operations }),
  summariesV3: object({
    summaries: listOf(
      object(
        {
          traceId,
          rootServiceName: text,
          rootOperationName: text,
          minStartTimeUnixNano: decimal,
          maxEndTimeUnixNano: decimal,
          spanCount: { type: 'integer', minimum: 1 },
          errorSpanCount: whole,
          orphanSpanCount: { const: 0 },
          services: listOf(object({ name: text, spanCount: whole, errorSpanCount: whole })),
          warnings: texts,
        },
        ['warnings'],
      ),
    ),
  }),
  otlp: object({ resourceSpans }),
  traceV3: object({ result: object({ resourceSpans }) }),
  errorV3: object({
    error: object({ httpCode: { type: 'integer', minimum: 400 }, message: { ...text, minLength: 1 } }),
  }),
} as const

const ajv = new Ajv2020({ strict: false, allowUnionTypes: true })
const compiled = new Map<string, ValidateFunction>()

/** Whether an answer is what its clients rely on; gives it. */
export function assertContract<T>(name: keyof typeof schemas, body: string): T {
  const validate = compiled.get(name) ?? ajv.compile(schemas[name])
  compiled.set(name, validate)
  const value = JSON.parse(body) as T
  assert.ok(validate(value), `${name}: ${ajv.errorsText(validate.errors)}\n${body.slice(0, 1000)}`)
  return value
}

export interface JaegerSpan {
  traceID: string
  spanID: string
  operationName: string
  references: Array<{ spanID: string }>
  startTime: number
  duration: number
  tags: Array<{ key: string; type: string; value: unknown }>
  logs: Array<{ timestamp: number; fields: Array<{ key: string; value: unknown }> }>
  processID: string
  warnings: string[] | null
}

export interface JaegerTrace {
  traceID: string
  spans: JaegerSpan[]
  processes: Record<string, { serviceName: string }>
  warnings: string[] | null
}

export interface Envelope<T> {
  data: T[]
  total: number
  warnings?: string[]
}

/** The value of a tag. */
export function tagOfSpan({ tags }: JaegerSpan, name: string): unknown {
  return tags.find(({ key }) => key === name)?.value
}

/** What a viewer needs to draw a trace: ids once each, every parent there, and every span below the top. Gives the number of levels. */
export function assertDrawable({ traceID, spans, processes }: JaegerTrace): number {
  const depths = new Map<string, number>()
  for (const { spanID, references, processID, traceID: own } of spans) {
    assert.equal(own, traceID)
    assert.ok(!depths.has(spanID), `${spanID} stands there twice`)
    assert.ok(processes[processID], `${processID} is no process`)
    const [parent] = references
    if (parent) assert.ok(depths.has(parent.spanID), `the parent of ${spanID} does not stand before it`)
    else assert.equal(depths.size, 0, `${spanID} has no parent`)
    depths.set(spanID, parent ? (depths.get(parent.spanID) ?? 0) + 1 : 0)
  }
  return Math.max(...depths.values()) + 1
}
