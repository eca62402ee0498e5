import type { Reader, Snapshot } from '../../db/db.ts'
import { clockAt, type RowRules } from '../../domain/liveness.ts'
import type { Position } from '../../domain/paging/cursor.ts'
import { cutPage, type PageRequest } from '../../domain/paging/page.ts'
import type { MessageView } from '../../domain/privacy/error-message.ts'
import { MOST_WHOLE } from '../../domain/tree/most-whole.ts'
import { treeSummary, type TreeSummary } from '../../domain/tree/tree-summary.ts'
import { rootRows, type RootFilters } from '../../queries/tree/roots.ts'
import { withHoldable } from './holdable-filters.ts'
import type { ListPage } from './list-page.ts'
import { BATCH, search, type SearchedPage } from './search.ts'

export interface TreeFilters extends RootFilters {
  status?: string[]
}

/** A page of trees, by their roots. */
export function readTrees(
  db: Pick<Reader, 'query' | 'snapshot'>,
  filters: TreeFilters,
  asked: PageRequest,
  messages: MessageView,
  rules: RowRules,
): Promise<ListPage<TreeSummary, SearchedPage>> {
  return withHoldable(db, filters, (held) =>
    db.snapshot((snapshot) => treesPage(snapshot, held, asked, messages, rules)),
  )
}

/** Whether anything in a tree failed is known only when it is walked. */
async function treesPage(
  snapshot: Snapshot,
  { status, ...filters }: TreeFilters,
  asked: PageRequest,
  messages: MessageView,
  rules: RowRules,
): Promise<ListPage<TreeSummary, SearchedPage>> {
  const clock = clockAt(snapshot.asOf, rules)
  const { found, examined, stoppedAt } = await search(asked, {
    async read(after, batch) {
      const rows = await rootRows(snapshot, filters, { ...asked, after }, batch, MOST_WHOLE, rules)
      return rows.map((row) => treeSummary(row, messages, clock))
    },
    batch: status ? BATCH : asked.limit + 1,
    wanted: (tree) => !status || status.includes(tree.status),
    position: positionOf,
  })
  const { data, page } = cutPage(asked, found, positionOf, stoppedAt)
  // The figures sum up rows that are not shown, so they themselves are the state.
  return { data, page: { ...page, examined }, asOf: clock.asOf, state: JSON.stringify([found, stoppedAt]) }
}

function positionOf({ root }: TreeSummary): Position {
  return { at: root.createdAt, id: root.id }
}
