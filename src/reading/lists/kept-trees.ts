import type { Snapshot } from '../../db/db.ts'
import { isBefore } from '../../domain/instant.ts'
import { Invalid } from '../../domain/invalid.ts'
import { clockAt, type RowRules } from '../../domain/liveness.ts'
import { leastDuration } from '../../domain/paging/least-duration.ts'
import { cutPage, type Page, type PageRequest } from '../../domain/paging/page.ts'
import { cutSortedPage } from '../../domain/paging/sorted.ts'
import type { MessageView } from '../../domain/privacy/error-message.ts'
import type { TreeCover } from '../../domain/summaries/cover.ts'
import { keptTree } from '../../domain/summaries/kept-tree.ts'
import type { TreeSummary } from '../../domain/tree/tree-summary.ts'
import { keptTreeRows, type KeptTreeFilters, type SortedTrees } from '../../queries/summaries/list.ts'
import type { ListPage } from './list-page.ts'
import type { SearchedPage } from './search.ts'

/** What trees are asked for by what is in them. */
export interface WithinTrees {
  /** Functions, one of which an invocation of the tree has. */
  contains?: string[]
  /** A duration such as `1500ms`. */
  minDuration?: string
  minInvocations?: number
  minFailures?: number
}

/** The page of a list of trees. */
export interface TreesPage extends SearchedPage {
  /** What of the window was summed up before; null: the trees were walked for this answer. */
  summaries: Pick<TreeCover, 'checkedAt' | 'examinedFrom'> | null
}

export type Asked = PageRequest | SortedTrees

type KeptFilters = Omit<KeptTreeFilters, 'minDurationMs'> & WithinTrees

const OFF =
  'left out: trees are sorted, and found by what is in them, if they are summed up before, and this service does not use that (ROLLUPS=off, migration 011 did not run, or the role may not read its tables: docs/rollups.md)'
const NOT_YET =
  'left out, or asked for again when the worker has summed up the trees of this window: "npm run rollups -- status" says how far it is, and "npm run rollups -- rebuild" does it at once (docs/rollups.md)'

/** The first parameter that only summaries can answer, with its value; undefined: there is none. */
export function onlySummed(
  { contains, minDuration, minInvocations, minFailures }: WithinTrees,
  asked: Asked,
): [name: string, value: unknown] | undefined {
  const sort = 'sort' in asked ? asked.sort : undefined
  return Object.entries({ sort, contains, minDuration, minInvocations, minFailures }).find(
    ([, value]) => value !== undefined,
  )
}

/** Throws Invalid if it can be answered by summaries alone, and there are none, or `cover` says that none of its window are. */
export function refuseUnlessSummed(
  wanted: [name: string, value: unknown] | undefined,
  { summaries = false }: RowRules,
  cover?: TreeCover | null,
): void {
  if (wanted === undefined) return
  if (!summaries) throw new Invalid(...wanted, OFF)
  if (cover === null) throw new Invalid(...wanted, NOT_YET)
}

/** A page of trees that were summed up. Throws Invalid for a duration that is none. */
export async function pageOfKept(
  snapshot: Snapshot,
  { minDuration, ...filters }: KeptFilters,
  asked: Asked,
  cover: TreeCover,
  messages: MessageView,
  rules: RowRules,
): Promise<ListPage<TreeSummary, TreesPage>> {
  const least = minDuration === undefined ? {} : { minDurationMs: leastDuration('minDuration', minDuration) }
  const { checkedAt, examinedFrom } = cover
  const cut = examinedFrom !== null && (asked.from === null || isBefore(asked.from, examinedFrom))
  const within = cut ? { ...asked, from: examinedFrom } : asked
  const clock = clockAt(snapshot.asOf, rules)
  const rows = await keptTreeRows(snapshot, { ...filters, ...least }, within, rules.linkWay)
  const items = rows.map((row) => ({ item: keptTree(row, messages, clock), figure: row.figure ?? 0 }))
  const { data, page } = cutKept(asked, items)
  const state = JSON.stringify([asked.fields?.text, items, examinedFrom])
  return {
    data,
    page: { ...page, examined: data.length, summaries: { checkedAt, examinedFrom } },
    asOf: clock.asOf,
    state,
  }
}

function cutKept(
  asked: Asked,
  items: ReadonlyArray<{ item: TreeSummary; figure: number }>,
): { data: TreeSummary[]; page: Page } {
  if ('sort' in asked)
    return cutSortedPage(
      asked,
      items.map(({ item, figure }) => ({ item, position: { figure, id: item.root.id } })),
    )
  return cutPage(
    asked,
    items.map(({ item }) => item),
    ({ root }) => ({ at: root.createdAt, id: root.id }),
  )
}
