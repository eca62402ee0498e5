import type { Position } from '../../domain/paging/cursor.ts'
import { cutPage, type Page, type PageRequest } from '../../domain/paging/page.ts'
import { instant } from '../../domain/instant.ts'
import type { TimedRows } from '../../queries/as-of.ts'
import { stateOf, type VersionedRow } from '../row-state.ts'

/** One page of a list. */
export interface ListPage<T, P extends Page = Page> {
  data: T[]
  page: P
  /** What the clock of the database said when the rows were read. */
  asOf: string
  /** The same for as long as the page is; see stateOf. */
  state: string
}

/** The page of rows that were read one beyond its limit. `made` makes an item of a row, and `position` is read off an item. */
export function listPage<R extends VersionedRow, T>(
  asked: PageRequest,
  { asOf, rows }: TimedRows<R>,
  made: (row: R) => T,
  position: (item: T) => Position,
): ListPage<T> {
  return { ...cutPage(asked, rows.map(made), position), asOf: instant(asOf), state: stateOf(rows) }
}
