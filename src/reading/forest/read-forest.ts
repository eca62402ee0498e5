import { instant } from '../../domain/instant.ts'
import { clockAt, type RowRules } from '../../domain/liveness.ts'
import type { Node } from '../../domain/tree/node.ts'
import { isOpen } from '../../domain/tree/span.ts'
import type { OpenSnapshot } from '../../db/db.ts'
import { startRows, type StartRow, type Starts } from '../../queries/tree/forest.ts'
import { lookUpByIndex } from '../../queries/tree/by-index.ts'
import { isOver } from '../is-over.ts'
import type { Opening } from '../opening.ts'
import { readTreesBelow } from './trees-below.ts'

/** How much is read: so many trees, and so many invocations and ms after which no further batch is begun. */
export interface ForestBound {
  trees: number
  invocations: number
  ms: number
}

const bound: ForestBound = { trees: 2000, invocations: 50_000, ms: 2000 }

/** Trees that are read in one statement; most have 1 to 100 invocations. */
const BATCH = 200

/** What was read of a window, the newest trees first. */
export interface ForestRead {
  /** Trees that are over, and were looked at. */
  trees: number
  /** Trees that were left out: something in them runs or is stale; they have too many invocations, or jobs of one. */
  open: number
  tooLarge: number
  /** There are more trees in the window than were looked at; those begin at `examinedFrom`, an instant. */
  sampled: boolean
  examinedFrom: string | null
  /** What the clock of the database said, as Postgres text. */
  asOf: string
}

/** Reads the trees of a window, newest first and within bounds, and hands each that is over to `onTree`: its nodes by depth, parents first. */
export async function readForest(
  db: Opening,
  starts: Starts,
  rules: RowRules,
  onTree: (nodes: Node[], asOf: string) => void,
  { trees, invocations, ms }: ForestBound = bound,
): Promise<ForestRead> {
  const snapshot = await db.open(ms)
  const read = { trees: 0, open: 0, tooLarge: 0, invocations: 0, looked: 0 }
  let after: StartRow | null = null
  try {
    await lookUpByIndex(snapshot)
    const until = performance.now() + ms
    for (;;) {
      const limit: number = Math.min(BATCH, trees - read.looked)
      // One more than is read tells whether there are more.
      const found: StartRow[] = await startRows(snapshot, starts, { after, limit: limit + 1 }, rules.linkWay)
      const batch: StartRow[] = found.slice(0, limit)
      await readBatch(snapshot, batch, rules, onTree, read)
      read.looked += batch.length
      after = batch.at(-1) ?? after
      const more = found.length > limit
      const enough = read.looked >= trees || read.invocations >= invocations || performance.now() >= until
      if (more && !enough) continue
      return {
        ...told(read),
        sampled: more,
        examinedFrom: more && after ? instant(after.at) : null,
        asOf: snapshot.asOf,
      }
    }
  } catch (error) {
    // Of nothing that was read nothing is told: an empty answer would read as if all were well.
    if (!isOver(error) || !after) throw error
    return { ...told(read), sampled: true, examinedFrom: instant(after.at), asOf: snapshot.asOf }
  } finally {
    await snapshot.close()
  }
}

function told({ trees, open, tooLarge }: Pick<ForestRead, 'trees' | 'open' | 'tooLarge'>) {
  return { trees, open, tooLarge }
}

async function readBatch(
  snapshot: OpenSnapshot,
  batch: readonly StartRow[],
  rules: RowRules,
  onTree: (nodes: Node[], asOf: string) => void,
  read: { trees: number; open: number; tooLarge: number; invocations: number },
): Promise<void> {
  const clock = clockAt(snapshot.asOf, rules)
  const below = await readTreesBelow(
    snapshot,
    batch.map(({ id }) => id),
    clock,
    rules.linkWay,
  )
  read.tooLarge += batch.length - below.length
  for (const nodes of below) {
    read.invocations += nodes.length
    if (isOpen(nodes)) read.open += 1
    else {
      read.trees += 1
      onTree(nodes, clock.asOf)
    }
  }
}
