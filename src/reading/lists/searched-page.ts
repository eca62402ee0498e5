import type { Reader, Snapshot } from '../../db/db.ts'
import { clockAt, type Clock, type RowRules } from '../../domain/liveness.ts'
import type { Position } from '../../domain/paging/cursor.ts'
import { cutPage, type Page, type PageRequest } from '../../domain/paging/page.ts'
import type { TimedRows } from '../../queries/as-of.ts'
import { stateOf, type VersionedRow } from '../row-state.ts'
import type { ListPage, Listing } from './list-page.ts'

/** Rows looked at for one page: whether one is stale is known only when its signs of life are read, and over all time that would be all that run. */
const MAX_EXAMINED = 2000
const BATCH = 200

export interface SearchedPage extends Page {
  /** Rows looked at, up to the last one of the page: over all pages, each row of the window counts once. */
  examined: number
}

interface Search<R, T> {
  asked: PageRequest
  /** Which ones are wanted: those that are stale, or the others. */
  stale: boolean
  /** Reads up to `limit` rows after a place, and one more. */
  read: (snapshot: Snapshot, page: PageRequest) => Promise<TimedRows<R>>
  listing: Listing<R, T>
}

interface Found<R, T> {
  /** At most one beyond the page's limit. */
  found: Array<{ row: R; item: T }>
  examined: number
  /** Where the search stopped, when it stopped before the end of the window. */
  stoppedAt: Position | null
}

/** The page of those rows that are stale, or of those that are not. */
export function searchedPage<R extends VersionedRow, T extends { stale: boolean }>(
  db: Pick<Reader, 'snapshot'>,
  rules: RowRules,
  search: Search<R, T>,
): Promise<ListPage<T, SearchedPage>> {
  return db.snapshot(async (snapshot) => {
    const clock = clockAt(snapshot.asOf, rules)
    const { found, examined, stoppedAt } = await searchRows(snapshot, clock, search)
    const items = found.map(({ item }) => item)
    const { data, page } = cutPage(search.asked, items, search.listing.position, stoppedAt)
    const state = `${stateOf(found.map(({ row }) => row))} ${JSON.stringify([items.map(search.listing.derived), stoppedAt])}`
    return { data, page: { ...page, examined }, asOf: clock.asOf, state }
  })
}

async function searchRows<R, T extends { stale: boolean }>(
  snapshot: Snapshot,
  clock: Clock,
  { asked, stale, read, listing }: Search<R, T>,
): Promise<Found<R, T>> {
  const found: Array<{ row: R; item: T }> = []
  let { after } = asked
  let examined = 0
  let examinedForPage = 0
  while (examined < MAX_EXAMINED) {
    const { rows } = await read(snapshot, { ...asked, after, limit: BATCH })
    for (const row of rows.slice(0, BATCH)) {
      examined += 1
      const item = listing.made(row, clock)
      after = listing.position(item)
      if (item.stale !== stale) continue
      found.push({ row, item })
      if (found.length === asked.limit) examinedForPage = examined
      if (found.length > asked.limit) return { found, examined: examinedForPage, stoppedAt: null }
    }
    if (rows.length <= BATCH) return { found, examined, stoppedAt: null }
  }
  return { found, examined, stoppedAt: after }
}
