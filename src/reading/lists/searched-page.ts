import type { Reader, Snapshot } from '../../db/db.ts'
import { clockAt, type RowRules } from '../../domain/liveness.ts'
import { cutPage, type PageRequest } from '../../domain/paging/page.ts'
import type { TimedRows } from '../../queries/as-of.ts'
import { stateOf, type VersionedRow } from '../row-state.ts'
import type { ListPage, Listing } from './list-page.ts'
import { BATCH, search, type SearchedPage } from './search.ts'

interface Asked<R, T> {
  asked: PageRequest
  /** Which ones are wanted: those that are stale, or the others. Over all time, those would be all that run. */
  stale: boolean
  /** Reads up to `limit` rows after a place, and one more. */
  read: (snapshot: Snapshot, page: PageRequest) => Promise<TimedRows<R>>
  listing: Listing<R, T>
}

/** The page of those rows that are stale, or of those that are not. */
export function searchedPage<R extends VersionedRow, T extends { stale: boolean }>(
  db: Pick<Reader, 'snapshot'>,
  rules: RowRules,
  { asked, stale, read, listing }: Asked<R, T>,
): Promise<ListPage<T, SearchedPage>> {
  return db.snapshot(async (snapshot) => {
    const clock = clockAt(snapshot.asOf, rules)
    const { found, examined, stoppedAt } = await search(asked, {
      async read(after, batch) {
        const { rows } = await read(snapshot, { ...asked, after, limit: batch - 1 })
        return rows.map((row) => ({ row, item: listing.made(row, clock) }))
      },
      batch: BATCH,
      wanted: ({ item }) => item.stale === stale,
      position: ({ item }) => listing.position(item),
    })
    const items = found.map(({ item }) => item)
    const { data, page } = cutPage(asked, items, listing.position, stoppedAt)
    const state = `${asked.fields?.text} ${stateOf(found.map(({ row }) => row))} ${JSON.stringify([items.map(listing.derived), stoppedAt])}`
    return { data, page: { ...page, examined }, asOf: clock.asOf, state }
  })
}
