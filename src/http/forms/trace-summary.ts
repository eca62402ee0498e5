import type { Span } from '../../domain/trace/span.ts'
import type { FoundTrace } from '../../reading/traces/search.ts'
import { unixNano } from './otlp-trace.ts'

/** What the list of a search shows of a trace, counted from the spans that it holds; a trace that was cut says so in `warnings`. */
export function traceSummary({ id, spans, warnings }: FoundTrace) {
  const [root] = spans
  const services = new Map<string, { name: string; spanCount: number; errorSpanCount: number }>()
  for (const { service, failed } of spans) {
    const own = services.get(service) ?? { name: service, spanCount: 0, errorSpanCount: 0 }
    own.spanCount += 1
    own.errorSpanCount += Number(failed)
    services.set(service, own)
  }
  return {
    traceId: id,
    rootServiceName: root?.service ?? '',
    rootOperationName: root?.name ?? '',
    minStartTimeUnixNano: unixNano(Math.min(...spans.map(({ start }) => start))),
    maxEndTimeUnixNano: unixNano(Math.max(...spans.map(endOf))),
    spanCount: spans.length,
    errorSpanCount: spans.filter(({ failed }) => failed).length,
    // A tree has one span at its top, and every other one stands below one that is shown.
    orphanSpanCount: 0,
    services: [...services.values()],
    ...(warnings.length > 0 ? { warnings } : {}),
  }
}

function endOf({ start, duration }: Span): number {
  return start + duration
}
