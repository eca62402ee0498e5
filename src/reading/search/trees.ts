import type { Snapshot } from '../../db/db.ts'
import { rootsOf } from '../../domain/analysis/roots.ts'
import { instant } from '../../domain/instant.ts'
import { clockAt, type RowRules } from '../../domain/liveness.ts'
import { shownMessage, type MessageView } from '../../domain/privacy/error-message.ts'
import { treeSummary, type TreeSummary } from '../../domain/tree/tree-summary.ts'
import { parentages } from '../../queries/analysis/failures.ts'
import { treeFailureRows, type TreeFailureRow } from '../../queries/search/tree-failures.ts'
import { rootRowsWithIds } from '../../queries/tree/roots.ts'

/** A tree by its root, with its figures and its first failures. */
export interface FoundTree extends TreeSummary {
  failures: { count: number; data: TreeFailure[] }
}

/** What failed in a tree. */
export type TreeFailure = Omit<TreeFailureRow, 'rootId' | 'count'>

/** The trees around some invocations. */
export interface TreesAround {
  /** The root of each of the invocations; none where they have too many ancestors, or the tree is one beyond the most. */
  rootOf: ReadonlyMap<string, string>
  /** In the order in which the invocations came. */
  trees: FoundTree[]
  /** There are more trees than are shown. */
  more: boolean
}

/** Of so many trees the figures are told, each counted up to so many invocations; of what failed the first ones. A node costs 20 µs. */
export const MOST_TREES = 20
const NODES_OF_TREE = 1000
const NODES_OF_ALL = 5000
const FAILURES_OF_TREE = 3
const MOST_ANCESTORS = 10_000

/** Finds the trees around some invocations: the root of each, and what its tree is made of. */
export async function treesAround(
  snapshot: Snapshot,
  invocationIds: readonly string[],
  messages: MessageView,
  rules: RowRules,
  most = MOST_TREES,
): Promise<TreesAround> {
  const pairs = await parentages(snapshot, invocationIds, MOST_ANCESTORS, rules.linkWay)
  const roots = pairs.length < MOST_ANCESTORS ? rootsOf(invocationIds, pairs) : new Map<string, string>()
  const all = [...new Set(invocationIds.flatMap((id) => roots.get(id) ?? []))]
  const shown = all.slice(0, most)
  if (shown.length === 0) return { rootOf: new Map(), trees: [], more: pairs.length >= MOST_ANCESTORS }
  const { asOf, rows } = await rootRowsWithIds(snapshot, shown, NODES_OF_TREE, rules)
  const failures = await treeFailureRows(snapshot, shown, FAILURES_OF_TREE, NODES_OF_ALL, rules.linkWay)
  const clock = clockAt(asOf, rules)
  const byId = new Map(rows.map((row) => [row.id, row]))
  const trees = shown.flatMap((id) => {
    const row = byId.get(id)
    return row ? [{ ...treeSummary(row, messages, clock), failures: failuresOf(id, failures, messages) }] : []
  })
  return { rootOf: new Map([...roots].filter(([, root]) => byId.has(root))), trees, more: all.length > shown.length }
}

function failuresOf(root: string, rows: readonly TreeFailureRow[], messages: MessageView): FoundTree['failures'] {
  const own = rows.filter(({ rootId }) => rootId === root)
  return {
    count: own[0]?.count ?? 0,
    data: own.map(({ kind, id, invocationId, name, at, errorMessage }) => ({
      kind,
      id,
      invocationId,
      name,
      at: instant(at),
      errorMessage: shownMessage(errorMessage, messages),
    })),
  }
}
