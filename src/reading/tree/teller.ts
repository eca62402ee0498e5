import { moreByJob, type Portion } from '../../domain/tree/frontier.ts'
import type { Link } from '../../domain/link/rule.ts'
import type { Clock } from '../../domain/liveness.ts'
import { node, type More, type Node } from '../../domain/tree/node.ts'
import type { MessageView } from '../../domain/privacy/error-message.ts'
import type { TreeLimits, TriggeredCount } from '../../domain/tree/row.ts'
import type { NodeVersion } from '../../domain/tree/state.ts'
import { summarize, type Summary, type Truncated } from '../../domain/tree/summary.ts'
import { versionOf, type Gathered } from './members.ts'

/** What a walk found out on its way, known when all its nodes have passed. */
export interface Found<M = More> {
  summary: Summary
  truncated: Truncated | null
  /** By job: what the cut left out of what it triggered. */
  more: Map<string, M>
}

/** How a tree is told. */
export interface Telling {
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

/** Makes the nodes of one tree, level by level, and sums them up. */
export function teller({ cycle, link, reach, messages, clock, onNode }: Telling) {
  const seen = summarize(reach)
  const nodeOf = (gathered: Gathered): Node => {
    const { row, parts } = gathered
    const shown = node(row, parts, messages, clock)
    if (link !== null && shown.depth === 0) shown.link = link
    if (cycle && shown.depth === 0) shown.cycle = true
    seen.add(shown, parts)
    onNode?.(versionOf(gathered, clock))
    return shown
  }
  /** `cut`: by job of the level that was cut, what is shown of what it triggered; `counts`: how many those jobs triggered. */
  const found = (cut: ReadonlyMap<string, Portion> | null, counts: readonly TriggeredCount[]): Found => {
    if (cut) seen.cut()
    const more = cut
      ? moreByJob(
          cut,
          counts.filter(({ jobId }) => cut.has(jobId)),
        )
      : new Map<string, More>()
    return { summary: seen.summary(), truncated: seen.truncated(), more }
  }
  return { nodeOf, found }
}
