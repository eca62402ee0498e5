import { setImmediate } from 'node:timers/promises'
import type { Snapshot } from '../../db/db.ts'
import { frontier, moreByJob } from '../../domain/tree/frontier.ts'
import type { Link } from '../../domain/link/rule.ts'
import type { LinkWay } from '../../domain/link/way.ts'
import type { Clock } from '../../domain/liveness.ts'
import { node, type More, type Node } from '../../domain/tree/node.ts'
import type { MessageView } from '../../domain/privacy/error-message.ts'
import { summarize, type Summary, type Truncated } from '../../domain/tree/summary.ts'
import type { TreeLimits } from '../../domain/tree/row.ts'
import { triggeredCounts } from '../../queries/tree/parts.ts'
import { prefetch } from './prefetch.ts'
import { gather, type Gathered, type Gathering } from './gather.ts'
import { levels, type Descent } from './levels.ts'

/** What a walk found out on its way, known when all its nodes have passed. */
export interface Found<M = More> {
  summary: Summary
  truncated: Truncated | null
  /** By job: what the cut left out of what it triggered. */
  more: Map<string, M>
}

export interface Walk {
  start: string
  /** The start lies on a cycle. */
  cycle: boolean
  /** What is known of the job that triggered the start, where more than its row was looked at. */
  link: Link | null
  linkWay: LinkWay
  reach: TreeLimits
  messages: MessageView
  clock: Clock
  /** All nodes will be held. */
  atOnce: boolean
  /** Told of every row that is shown, as text. */
  onRow?: (text: string) => void
}

/** Nodes between two looks at the network: the next statement is sent, and other requests are answered, while a large batch is worked on. */
const STEP = 100

/** The nodes below a start in batches, level by level; returns what can only be said at the end. */
export async function* walk(
  snapshot: Snapshot,
  { start, cycle, link, linkWay, reach, messages, clock, atOnce, onRow = ignore }: Walk,
): AsyncGenerator<Node[], Found> {
  const seen = summarize(reach)
  const edge = frontier(reach)
  // The next batch is read while this one is made into nodes and sent.
  for await (const batch of prefetch(
    batches(snapshot, { start, linkWay, reach, messages, clock, atOnce, edge, onRow }),
  )) {
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
  const more = cut
    ? moreByJob(cut, await triggeredCounts(snapshot, start, [...cut.keys()], linkWay))
    : new Map<string, More>()
  return { summary: seen.summary(), truncated: seen.truncated(), more }
}

async function* batches(snapshot: Snapshot, from: Descent & Gathering): AsyncGenerator<Gathered[], void> {
  for await (const rows of levels(snapshot, from)) yield await gather(snapshot, rows, from)
}

function ignore(): void {
  // A stream carries no ETag.
}
