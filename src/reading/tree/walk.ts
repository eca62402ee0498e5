import { setImmediate } from 'node:timers/promises'
import { frontier, moreByJob } from '../../domain/tree/frontier.ts'
import type { Link } from '../../domain/link/rule.ts'
import type { Clock } from '../../domain/liveness.ts'
import { node, type More, type Node } from '../../domain/tree/node.ts'
import type { MessageView } from '../../domain/privacy/error-message.ts'
import { summarize, type Summary, type Truncated } from '../../domain/tree/summary.ts'
import type { NodeVersion } from '../../domain/tree/state.ts'
import type { TreeLimits } from '../../domain/tree/row.ts'
import { prefetch } from './prefetch.ts'
import { gather, type Gathered, type Gathering } from './gather.ts'
import type { RowSource } from './row-source.ts'

/** What a walk found out on its way, known when all its nodes have passed. */
export interface Found<M = More> {
  summary: Summary
  truncated: Truncated | null
  /** By job: what the cut left out of what it triggered. */
  more: Map<string, M>
}

export interface Walk {
  source: RowSource
  /** The start lies on a cycle. */
  cycle: boolean
  /** What is known of the job that triggered the start, where more than its row was looked at. */
  link: Link | null
  reach: TreeLimits
  messages: MessageView
  clock: Clock
  /** Told of every invocation that is shown; a stream carries no ETag. */
  onNode?: (version: NodeVersion) => void
}

/** Nodes between two looks at the network: the next statement is sent, and other requests are answered, while a large batch is worked on. */
const STEP = 100

/** The nodes of a tree in batches, level by level; returns what can only be said at the end. */
export async function* walk({
  source,
  cycle,
  link,
  reach,
  messages,
  clock,
  onNode,
}: Walk): AsyncGenerator<Node[], Found> {
  const seen = summarize(reach)
  const edge = frontier(reach)
  // The next batch is read while this one is made into nodes and sent.
  for await (const batch of prefetch(batches({ source, reach, messages, clock, edge, onNode }))) {
    for (let from = 0; from < batch.length; from += STEP) {
      yield batch.slice(from, from + STEP).map(({ row, parts }) => {
        const shown = node(row, parts, messages, clock)
        if (link !== null && shown.depth === 0) shown.link = link
        if (cycle && shown.depth === 0) shown.cycle = true
        seen.add(shown, parts)
        return shown
      })
      await setImmediate()
    }
  }
  const cut = edge.cut()
  if (cut) seen.cut()
  const more = cut ? moreByJob(cut, await source.triggered([...cut.keys()])) : new Map<string, More>()
  return { summary: seen.summary(), truncated: seen.truncated(), more }
}

async function* batches(from: Gathering): AsyncGenerator<Gathered[], void> {
  for await (const rows of from.source.levels(from.edge)) yield await gather(rows, from)
}
