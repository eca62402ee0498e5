import type { Reader } from '../../db/db.ts'
import type { MessageView } from '../../domain/privacy/error-message.ts'
import { traceIdOf } from '../../domain/trace/ids.ts'
import type { Span, Trace } from '../../domain/trace/span.ts'
import { spansOf } from '../../domain/trace/tree-spans.ts'
import { MOST_WHOLE } from '../../domain/tree/most-whole.ts'
import type { Truncated } from '../../domain/tree/summary.ts'
import { wholeTree, wholeTrees, type AskedTree, type TreeReading, type WholeTree } from '../tree/whole.ts'

/** Jobs, and detected events, of one invocation. */
const MAX_JOBS = 1000

/**
 * Levels of invocations. Jaeger's UI recurses over the levels of spans, and crashes beyond about 2,000 of them; a level of invocations is three of spans
 * (an invocation, its event, the job of that).
 */
const MAX_DEPTH = 600

/** A trace that has been read, and how many invocations it holds. */
export interface ReadTrace extends Trace {
  invocations: number
}

/** How traces are read. */
export interface TraceReading extends TreeReading {
  messages: MessageView
}

/** The whole tree in which an invocation or a job stands, as a trace. Undefined if there is neither. */
export async function readTrace(
  db: Pick<Reader, 'query' | 'snapshot'>,
  reading: TraceReading,
  id: string,
): Promise<ReadTrace | undefined> {
  const tree = await wholeTree(db, reading, { id, ...whole(reading, MOST_WHOLE) })
  return tree && traceOf(tree)
}

/** The same of several ids, in their order, without those of which there is neither; each of so many invocations at most, and read when it is asked for. */
export async function* readTraces(
  db: Pick<Reader, 'query' | 'snapshot'>,
  reading: TraceReading,
  ids: readonly string[],
  maxNodes: number,
): AsyncGenerator<ReadTrace, void> {
  for await (const tree of wholeTrees(db, reading, ids, whole(reading, maxNodes))) yield traceOf(tree)
}

/** What of a tree is read for a trace. */
function whole({ messages }: TraceReading, maxNodes: number): Omit<AskedTree, 'id'> {
  return { fromRoot: true, reach: { maxDepth: MAX_DEPTH, maxNodes, maxJobs: MAX_JOBS, events: true }, messages }
}

/** A tree as a trace. */
export function traceOf({ head, nodes, found: { truncated } }: WholeTree): ReadTrace {
  return {
    id: traceIdOf(head.rootId),
    spans: spansOf(nodes, head.asOf),
    warnings: truncated === null ? [] : [cutText(truncated)],
    invocations: nodes.length,
  }
}

/** The first spans of a trace, which have their parents among them; what is left out is said. */
export function firstSpans({ id, spans, warnings }: Trace, most: number): Trace & { spans: Span[] } {
  const all = Array.from(spans)
  const left = all.length - most
  return {
    id,
    spans: all.slice(0, most),
    warnings:
      left > 0
        ? [...warnings, `The first ${most} spans are shown, and ${left} are left out; the trace by its id has them.`]
        : warnings,
  }
}

function cutText({ reason, limit }: Truncated): string {
  if (reason === 'max-depth')
    return `The tree is cut ${limit} levels of invocations below its root, for viewers fail on deeper ones.`
  if (reason === 'max-nodes') return `The first ${limit} invocations of the tree are shown, level by level.`
  return `Of an invocation with more jobs the first ${limit} are shown.`
}
