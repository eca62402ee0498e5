import type { Reader } from '../../db/db.ts'
import { instant } from '../../domain/instant.ts'
import { rootsOf } from '../../domain/analysis/roots.ts'
import type { Window } from '../../domain/analysis/window.ts'
import type { Position } from '../../domain/paging/cursor.ts'
import type { Span, Trace } from '../../domain/trace/span.ts'
import { MOST_WHOLE } from '../../domain/tree/most-whole.ts'
import { parentages } from '../../queries/analysis/failures.ts'
import { matchRows, type SpanCriteria } from '../../queries/traces/matching.ts'
import { firstSpans, readTraces, type TraceReading } from './trace.ts'

/** What a search asks for. */
export interface TraceSearch {
  /** What one span of a trace is like. */
  criteria: Omit<SpanCriteria, 'failed'> & {
    /** true: a failed span is; false: no span of the trace failed. */
    failed?: boolean | undefined
  }
  /** In which that span began. */
  window: Window
  /** Traces. */
  limit: number
}

/** A trace whose spans are held. */
export interface FoundTrace extends Trace {
  spans: Span[]
}

/** Spans of one trace, and of all traces of an answer. */
const MOST_SPANS = 1000
const MOST_IN_ALL = 20_000

/** Trees that are read in one statement. */
const AT_ONCE = 20

/** Matching spans that are looked at in one statement, and how many statements one search takes at most. */
const BATCH = 500
const MOST_BATCHES = 20

/** Invocations above those of one batch. Where there are more, the tree of each is read, which finds its root by itself. */
const MOST_ANCESTORS = 100_000

/**
 * The traces with the newest spans that match, the newest first. Of each the first 1,000 spans are shown, of all together 20,000; a trace that is cut says so.
 * `complete`: false where the search was given up before it had found as many as were asked for.
 */
export async function searchTraces(
  db: Pick<Reader, 'query' | 'snapshot'>,
  reading: TraceReading,
  search: TraceSearch,
): Promise<{ traces: FoundTrace[]; complete: boolean }> {
  const { criteria, limit } = search
  const traces: FoundTrace[] = []
  const seen = new Set<string>()
  let room = MOST_IN_ALL
  for await (const rootIds of matchingRoots(db, search, reading)) {
    if (rootIds === null) return { traces, complete: false }
    for await (const { id, spans, warnings } of readTraces(db, reading, rootIds, MOST_SPANS)) {
      // The members of a cycle have the same root.
      if (seen.has(id)) continue
      seen.add(id)
      const all = Array.from(spans)
      if (criteria.failed === false && all.some(({ failed }) => failed)) continue
      // Each trace that may still come gets one span at least: viewers read the first one.
      const most = Math.min(MOST_SPANS, Math.max(1, room - (limit - traces.length - 1)))
      const trace = firstSpans({ id, spans: all, warnings }, most)
      room -= trace.spans.length
      traces.push(trace)
      if (traces.length === limit) return { traces, complete: true }
    }
  }
  return { traces, complete: true }
}

/** The traces in which these invocations or jobs stand, each once. All have the same share of 20,000 spans. */
export async function tracesOf(
  db: Pick<Reader, 'query' | 'snapshot'>,
  reading: TraceReading,
  ids: readonly string[],
): Promise<FoundTrace[]> {
  const found = new Map<string, FoundTrace>()
  for (const batch of inBatches(ids, AT_ONCE)) {
    for await (const trace of readTraces(db, reading, batch, MOST_WHOLE))
      if (!found.has(trace.id)) found.set(trace.id, firstSpans(trace, Math.floor(MOST_IN_ALL / ids.length)))
  }
  return [...found.values()]
}

function inBatches(ids: readonly string[], size: number): string[][] {
  return Array.from({ length: Math.ceil(ids.length / size) }, (_, nth) => ids.slice(nth * size, (nth + 1) * size))
}

/** The roots of the trees that have a matching span, each once, some at a time as they are found; null at the end where the search was given up. */
async function* matchingRoots(
  db: Pick<Reader, 'query'>,
  { criteria, window, limit }: TraceSearch,
  { rules }: TraceReading,
): AsyncGenerator<string[] | null, void> {
  const passed = new Set<string>()
  const size = Math.min(BATCH, Math.max(50, limit * 5))
  let after: Position | null = null
  for (let batch = 0; batch < MOST_BATCHES; batch += 1) {
    const rows = await matchRows(db, criteria, window, after, size)
    const ids = [...new Set(rows.map(({ invocationId }) => invocationId))]
    const roots = rootsOf(ids, await parentages(db, ids, MOST_ANCESTORS, rules.linkWay))
    const fresh = [...new Set(ids.map((id) => roots.get(id) ?? id))].filter((root) => !passed.has(root))
    for (const root of fresh) passed.add(root)
    yield* inBatches(fresh, Math.min(AT_ONCE, limit))
    const last = rows.at(-1)
    if (last === undefined || rows.length < size) return
    after = { at: instant(last.at), id: last.id }
  }
  yield null
}
