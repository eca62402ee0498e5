import type { Queryable, Reader, Snapshot } from '../../db/db.ts'
import { clockAt, type Clock, type RowRules } from '../../domain/liveness.ts'
import type { Position } from '../../domain/paging/cursor.ts'
import { cutPage, type PageRequest } from '../../domain/paging/page.ts'
import type { MessageView } from '../../domain/privacy/error-message.ts'
import { MOST_WHOLE } from '../../domain/tree/most-whole.ts'
import { treeSummary, type TreeSummary } from '../../domain/tree/tree-summary.ts'
import { rootRows, type RootFilters } from '../../queries/tree/roots.ts'
import { withHoldable } from './holdable-filters.ts'
import type { ListPage } from './list-page.ts'
import { coverOfTrees } from '../summaries/cover.ts'
import {
  onlySummed,
  pageOfKept,
  refuseUnlessSummed,
  type Asked,
  type TreesPage,
  type WithinTrees,
} from './kept-trees.ts'
import { BATCH, search, type Found } from './search.ts'

export interface TreeFilters extends RootFilters, WithinTrees {
  status?: string[]
}

/**
 * A page of trees, by their roots, or sorted by what is in them. The latter, and the filters on that, take summaries, and a status takes them where all of its window is summed up.
 * Throws Invalid if there are none of them, and for a duration that is none.
 */
export function readTrees(
  db: Pick<Reader, 'query' | 'snapshot'>,
  filters: TreeFilters,
  asked: Asked,
  messages: MessageView,
  rules: RowRules,
): Promise<ListPage<TreeSummary, TreesPage>> {
  const wanted = onlySummed(filters, asked)
  refuseUnlessSummed(wanted, rules)
  return withHoldable(db, filters, ({ status, ...roots }) => {
    if (wanted === undefined && status === undefined && !('sort' in asked))
      return pageOfTrees(db, roots, asked, messages, rules)
    return db.snapshot(async (snapshot) => {
      const cover = rules.summaries ? await coverOfTrees(snapshot, asked, rules) : null
      refuseUnlessSummed(wanted, rules, cover)
      if (cover && (wanted || (cover.current && cover.examinedFrom === null)))
        return pageOfKept(snapshot, { ...roots, ...(status && { status }) }, asked, cover, messages, rules)
      return searchedTrees(snapshot, { status: status ?? [], roots }, asked as PageRequest, messages, rules)
    })
  })
}

/** One statement, which is one moment by itself and needs no transaction: one round trip instead of three. */
async function pageOfTrees(
  db: Queryable,
  roots: RootFilters,
  asked: PageRequest,
  messages: MessageView,
  rules: RowRules,
): Promise<ListPage<TreeSummary, TreesPage>> {
  const { asOf, rows } = await rootRows(db, roots, asked, asked.limit + 1, MOST_WHOLE, rules)
  const clock = clockAt(asOf, rules)
  const found = rows.map((row) => treeSummary(row, messages, clock))
  return listOf(asked, clock, { found, examined: Math.min(found.length, asked.limit), stoppedAt: null })
}

/** Whether anything in a tree failed is known only when it is walked. */
async function searchedTrees(
  snapshot: Snapshot,
  { status, roots }: { status: string[]; roots: RootFilters },
  asked: PageRequest,
  messages: MessageView,
  rules: RowRules,
): Promise<ListPage<TreeSummary, TreesPage>> {
  const clock = clockAt(snapshot.asOf, rules)
  const found = await search(asked, {
    async read(after, batch) {
      const { rows } = await rootRows(snapshot, roots, { ...asked, after }, batch, MOST_WHOLE, rules)
      return rows.map((row) => treeSummary(row, messages, clock))
    },
    batch: BATCH,
    wanted: (tree) => status.includes(tree.status),
    position: positionOf,
  })
  return listOf(asked, clock, found)
}

function listOf(
  asked: PageRequest,
  { asOf }: Clock,
  { found, examined, stoppedAt }: Found<TreeSummary>,
): ListPage<TreeSummary, TreesPage> {
  const { data, page } = cutPage(asked, found, positionOf, stoppedAt)
  // The figures sum up rows that are not shown, so they themselves are the state.
  return {
    data,
    page: { ...page, examined, summaries: null },
    asOf,
    state: JSON.stringify([asked.fields?.text, found, stoppedAt]),
  }
}

function positionOf({ root }: TreeSummary): Position {
  return { at: root.createdAt, id: root.id }
}
