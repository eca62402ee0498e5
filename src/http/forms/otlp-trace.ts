import type { Span, Trace } from '../../domain/trace/span.ts'

/**
 * OTLP/JSON: ids in hex, 64-bit integers as decimal strings, enums as numbers, and no key that is null. Values are strings and integers alone: Grafana's decoder
 * takes booleans and doubles for strings.
 */
interface KeyValue {
  key: string
  value: { stringValue: string } | { intValue: string }
}

/** What spans say that made them. */
const SCOPE = { name: 'event-detector-observability' }
const KINDS = { internal: 1, server: 2 } as const
const ERROR = 2

/** A trace as OTLP/JSON, the spans of each service together. What of the tree is not shown stands in the attribute `trace.warning` of the first span. */
export function otlpTrace({ id, spans, warnings }: Trace) {
  const services = new Map<string, object[]>()
  let first = true
  for (const span of spans) {
    const own = services.get(span.service) ?? []
    services.set(span.service, own)
    own.push(otlpSpan(id, span, first && warnings.length > 0 ? { 'trace.warning': warnings.join(' ') } : {}))
    first = false
  }
  return {
    resourceSpans: Array.from(services, ([service, own]) => ({
      resource: { attributes: keyValues({ 'service.name': service }) },
      scopeSpans: [{ scope: SCOPE, spans: own }],
    })),
  }
}

function otlpSpan(traceId: string, span: Span, more: Span['attributes']) {
  const { id, parentId, name, kind, start, duration, attributes, warnings, failed, exception } = span
  const said = warnings.length > 0 ? { warning: warnings.join(' ') } : {}
  return {
    traceId,
    spanId: id,
    ...(parentId === null ? {} : { parentSpanId: parentId }),
    name,
    kind: KINDS[kind],
    startTimeUnixNano: unixNano(start),
    endTimeUnixNano: unixNano(start + duration),
    attributes: keyValues({ ...attributes, ...said, ...more }),
    ...(exception === null ? {} : { events: [eventOf(exception, start + duration)] }),
    status: failed ? { code: ERROR, ...(exception === null ? {} : { message: exception.message }) } : {},
  }
}

function eventOf({ type, message, stack }: NonNullable<Span['exception']>, at: number) {
  return {
    timeUnixNano: unixNano(at),
    name: 'exception',
    attributes: keyValues({
      ...(type === null ? {} : { 'exception.type': type }),
      'exception.message': message,
      ...(stack === undefined ? {} : { 'exception.stacktrace': stack }),
    }),
  }
}

/** Microseconds since 1970 as nanoseconds, in decimal digits. */
export function unixNano(micros: number): string {
  return micros === 0 ? '0' : `${micros}000`
}

function keyValues(values: Span['attributes']): KeyValue[] {
  return Object.entries(values).map(([key, value]) => ({
    key,
    value: Number.isSafeInteger(value) ? { intValue: String(value) } : { stringValue: String(value) },
  }))
}
