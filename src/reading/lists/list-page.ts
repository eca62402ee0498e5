import type { Position } from '../../domain/paging/cursor.ts'
import { cutPage, type Page, type PageRequest } from '../../domain/paging/page.ts'
import { stateOf, type VersionedRow } from '../row-state.ts'

/** One page of a list. */
export interface ListPage<T, P extends Page = Page> {
  data: T[]
  page: P
  /** The same for as long as the page is; see stateOf. */
  state: string
}

/** The page of rows that were read one beyond its limit. `made` makes an item of a row, and `position` is read off an item. */
export function listPage<R extends VersionedRow, T>(
  asked: PageRequest,
  rows: readonly R[],
  made: (row: R) => T,
  position: (item: T) => Position,
): ListPage<T> {
  return { ...cutPage(asked, rows.map(made), position), state: stateOf(rows) }
}
