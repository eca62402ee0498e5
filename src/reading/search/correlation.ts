import type { Snapshot } from '../../db/db.ts'
import { instant } from '../../domain/instant.ts'
import type { RowRules } from '../../domain/liveness.ts'
import type { MessageView } from '../../domain/privacy/error-message.ts'
import { rowsOfCorrelation } from '../../queries/search/hits.ts'
import type { Opening } from '../analysis/bounded.ts'
import { withAttempts } from './attempt.ts'
import { treesAround, type FoundTree } from './trees.ts'

/** A tree with invocations of a correlation id. */
export interface CorrelatedTree extends FoundTree {
  /** How many of the invocations that were looked at are in it. */
  correlated: number
}

/** The trees of a correlation id, in the order of their starts. */
export interface Correlation {
  correlationId: string
  /** Of what is shown: the first start, and the last end; null: something of it has not ended. */
  startedAt: string
  endedAt: string | null
  /** Invocations with the id that were looked at: the newest ones. */
  invocations: number
  /** There are more of them, or more trees, than are told of. */
  more: boolean
  trees: CorrelatedTree[]
  asOf: string
}

const MOST_INVOCATIONS = 1000
const MOST_TREES = 50
/** ms. */
const TIME = 8000

/** Reads the trees around the invocations of a correlation id. Undefined if there is none; throws if they cannot be read in time. */
export async function readCorrelation(
  db: Opening,
  correlationId: string,
  messages: MessageView,
  rules: RowRules,
): Promise<Correlation | undefined> {
  const read = async (snapshot: Snapshot): Promise<Correlation | undefined> => {
    const rows = await rowsOfCorrelation(snapshot, correlationId, MOST_INVOCATIONS + 1)
    const ids = rows.slice(0, MOST_INVOCATIONS).map(({ id }) => id)
    if (ids.length === 0) return undefined
    const { rootOf, trees, more } = await treesAround(snapshot, ids, messages, rules, MOST_TREES)
    const inTree = (root: string): number => ids.filter((id) => rootOf.get(id) === root).length
    const shown = trees
      .map((tree) => Object.assign(tree, { correlated: inTree(tree.root.id) }))
      .toSorted((a, b) =>
        a.startedAt < b.startedAt ? -1 : a.startedAt > b.startedAt ? 1 : a.root.id < b.root.id ? -1 : 1,
      )
    const ends = shown.map(({ endedAt }) => endedAt)
    return {
      correlationId,
      startedAt: shown[0]?.startedAt ?? instant(rows.at(-1)?.at ?? ''),
      endedAt: ends.includes(null) ? null : (ends.toSorted((a, b) => ((a ?? '') < (b ?? '') ? -1 : 1)).at(-1) ?? null),
      invocations: ids.length,
      more: more || rows.length > MOST_INVOCATIONS,
      trees: shown,
      asOf: instant(snapshot.asOf),
    }
  }
  return withAttempts(db, TIME, (attempts) => attempts.must(TIME, read))
}
