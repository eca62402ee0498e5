import type { Reader, Snapshot } from '../../db/db.ts'
import { clockAt, type RowRules } from '../../domain/liveness.ts'
import type { Position } from '../../domain/paging/cursor.ts'
import { cutPage, type Page, type PageRequest } from '../../domain/paging/page.ts'
import type { MessageView } from '../../domain/privacy/error-message.ts'
import { MOST_WHOLE } from '../../domain/tree/most-whole.ts'
import { treeSummary, type TreeSummary } from '../../domain/tree/tree-summary.ts'
import { rootRows } from '../../queries/tree/roots.ts'
import { withHoldable } from './holdable-filters.ts'
import type { ListPage } from './list-page.ts'

/** Roots looked at for one page: whether anything in a tree failed is known only when it is walked, and a rare status would walk them all. */
const MAX_EXAMINED = 2000
const BATCH = 200

export interface TreeFilters {
  status?: string[]
  rootFunction?: string[]
}

export interface TreesPage extends Page {
  /** Roots looked at, up to the last one of the page: over all pages, each root of the window counts once. */
  examined: number
}

interface Searched {
  asOf: string
  /** At most one beyond the page's limit. */
  found: TreeSummary[]
  examined: number
  /** Where the search stopped, when it stopped before the end of the window. */
  stoppedAt: Position | null
}

/** A page of trees, by their roots. */
export async function readTrees(
  db: Pick<Reader, 'query' | 'snapshot'>,
  filters: TreeFilters,
  asked: PageRequest,
  messages: MessageView,
  rules: RowRules,
): Promise<ListPage<TreeSummary, TreesPage>> {
  const { asOf, found, examined, stoppedAt } = await withHoldable(db, filters, (held) =>
    db.snapshot((snapshot) => searchTrees(snapshot, held, asked, messages, rules)),
  )
  const { data, page } = cutPage(asked, found, positionOf, stoppedAt)
  // The figures sum up rows that are not shown, so they themselves are the state.
  return { data, page: { ...page, examined }, asOf, state: JSON.stringify([found, stoppedAt]) }
}

/** Walks roots in the order of the page until one more than its limit match, the window ends, or enough have been looked at. */
async function searchTrees(
  snapshot: Snapshot,
  { status, rootFunction }: TreeFilters,
  page: PageRequest,
  messages: MessageView,
  rules: RowRules,
): Promise<Searched> {
  const filters = rootFunction ? { rootFunction } : {}
  const clock = clockAt(snapshot.asOf, rules)
  const { asOf } = clock
  const found: TreeSummary[] = []
  let after = page.after
  let examined = 0
  let examinedForPage = 0
  while (examined < MAX_EXAMINED) {
    const batch = status ? BATCH : page.limit + 1
    const trees = (await rootRows(snapshot, filters, { ...page, after }, batch, MOST_WHOLE, rules)).map((row) =>
      treeSummary(row, messages, clock),
    )
    for (const tree of trees) {
      examined += 1
      if (status && !status.includes(tree.status)) continue
      found.push(tree)
      if (found.length === page.limit) examinedForPage = examined
      if (found.length > page.limit) return { asOf, found, examined: examinedForPage, stoppedAt: null }
    }
    const last = trees.at(-1)
    if (trees.length < batch || !last) return { asOf, found, examined, stoppedAt: null }
    after = positionOf(last)
  }
  return { asOf, found, examined, stoppedAt: after }
}

function positionOf({ root }: TreeSummary): Position {
  return { at: root.createdAt, id: root.id }
}
