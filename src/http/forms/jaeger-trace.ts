import type { Span, Trace } from '../../domain/trace/span.ts'

/** A tag, or a field of a log, as Jaeger's query API of version 1 has it: the value has the type that it says. */
interface Tag {
  key: string
  type: 'string' | 'bool' | 'int64' | 'float64'
  value: string | number | boolean
}

/** Spans that are written at once, so that others are answered between. */
const BATCH = 200

/**
 * A trace in the JSON of Jaeger's query API, version 1, in pieces. What is known only when all spans have passed (the processes) stands behind them. `taken` is told
 * how many spans each piece holds.
 */
export function* jaegerTrace({ id, spans, warnings }: Trace, taken: (spans: number) => void): Generator<string, void> {
  const processes = new Map<string, string>()
  let batch: string[] = []
  let separator = ''
  const written = (): string => {
    const text = `${separator}${batch.join(',')}`
    taken(batch.length)
    batch = []
    separator = ','
    return text
  }
  yield `{"traceID":${JSON.stringify(id)},"spans":[`
  for (const span of spans) {
    const process = processes.get(span.service) ?? `p${processes.size + 1}`
    processes.set(span.service, process)
    batch.push(JSON.stringify(jaegerSpan(id, span, process)))
    if (batch.length === BATCH) yield written()
  }
  if (batch.length > 0) yield written()
  const named = Object.fromEntries(
    Array.from(processes, ([serviceName, process]) => [process, { serviceName, tags: [] }]),
  )
  yield `],"processes":${JSON.stringify(named)},"warnings":${JSON.stringify(warnings.length > 0 ? warnings : null)}}`
}

function jaegerSpan(traceID: string, span: Span, processID: string) {
  const { id, parentId, name, start, duration, warnings } = span
  return {
    traceID,
    spanID: id,
    operationName: name,
    references: parentId === null ? [] : [{ refType: 'CHILD_OF', traceID, spanID: parentId }],
    startTime: start,
    duration,
    tags: tagsOf({ 'span.kind': span.kind, ...(span.failed ? { error: true } : {}), ...span.attributes }),
    logs: logsOf(span),
    processID,
    warnings: warnings.length > 0 ? warnings : null,
  }
}

function logsOf({ exception, start, duration }: Span) {
  if (exception === null) return []
  const { type, message, stack } = exception
  const fields = {
    event: 'exception',
    ...(type === null ? {} : { 'exception.type': type }),
    'exception.message': message,
    ...(stack === undefined ? {} : { 'exception.stacktrace': stack }),
  }
  return [{ timestamp: start + duration, fields: tagsOf(fields) }]
}

function tagsOf(values: Span['attributes']): Tag[] {
  return Object.entries(values).map(([key, value]) => tag(key, value))
}

function tag(key: string, value: string | number | boolean): Tag {
  if (typeof value === 'string') return { key, type: 'string', value }
  if (typeof value === 'boolean') return { key, type: 'bool', value }
  if (Number.isSafeInteger(value)) return { key, type: 'int64', value }
  // Viewers read integers as doubles, which do not hold larger ones.
  if (Number.isInteger(value) || !Number.isFinite(value)) return { key, type: 'string', value: String(value) }
  return { key, type: 'float64', value }
}
