import { setImmediate } from 'node:timers/promises'
import type { Snapshot } from '../../db/db.ts'
import { frontier } from '../../domain/tree/frontier.ts'
import type { Node } from '../../domain/tree/node.ts'
import type { SmallTreeRows } from '../../queries/tree/small-tree.ts'
import { triggeredCounts } from '../../queries/tree/parts.ts'
import { gather, type Gathering } from './gather.ts'
import { levels, type Descent } from './levels.ts'
import { entered, jobsOfLast, tellEvents, tellOmitted, type Gathered } from './members.ts'
import { prefetch } from './prefetch.ts'
import { teller, type Found, type Telling } from './teller.ts'

/** Nodes between two looks at the network: the next statement is sent, and other requests are answered, while a large batch is worked on. */
const STEP = 100

/** The nodes of a tree in batches, level by level, by as many statements as it takes; returns what can only be said at the end. */
export async function* walk(
  snapshot: Snapshot,
  { start, linkWay, atOnce }: Pick<Descent, 'start' | 'linkWay' | 'atOnce'>,
  telling: Telling,
): AsyncGenerator<Node[], Found> {
  const { reach, messages, clock } = telling
  const edge = frontier(reach)
  const { nodeOf, found } = teller(telling)
  const batches = gathered({ snapshot, start, linkWay, atOnce, reach, edge, messages, clock })
  // The next batch is read while this one is made into nodes and sent.
  for await (const batch of prefetch(batches)) {
    for (let from = 0; from < batch.length; from += STEP) {
      yield batch.slice(from, from + STEP).map(nodeOf)
      await setImmediate()
    }
  }
  const cut = edge.cut()
  return found(cut, cut ? await triggeredCounts(snapshot, start, [...cut.keys()], linkWay) : [])
}

async function* gathered(from: Gathering & Pick<Descent, 'atOnce'>): AsyncGenerator<Gathered[], void> {
  for await (const rows of levels(from.snapshot, from)) yield await gather(rows, from)
}

/** The same of a tree whose rows are all there: no invocation of them has more jobs than are shown. */
export function walkRows(
  { nodes, parts, triggered, events }: SmallTreeRows,
  telling: Telling,
): { nodes: Node[]; found: Found } {
  const { reach, messages, clock } = telling
  const edge = frontier(reach)
  const { shown, last } = entered(nodes, parts, { edge, messages, clock })
  tellOmitted(jobsOfLast(last), triggered)
  if (reach.events) tellEvents(shown, events)
  const { nodeOf, found } = teller(telling)
  return { nodes: shown.map(nodeOf), found: found(edge.cut(), triggered) }
}
