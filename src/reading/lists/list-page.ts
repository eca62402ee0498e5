import type { Position } from '../../domain/paging/cursor.ts'
import { cutPage, type Page, type PageRequest } from '../../domain/paging/page.ts'
import { clockAt, type Clock, type RowRules } from '../../domain/liveness.ts'
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

/** How a list is made of its rows. */
export interface Listing<R, T> {
  /** The item of a row. */
  made: (row: R, clock: Clock) => T
  position: (item: T) => Position
  /** What of an item changes with time alone. */
  derived: (item: T) => unknown
}

/** The page of rows that were read one beyond its limit. */
export function listPage<R extends VersionedRow, T>(
  asked: PageRequest,
  { asOf, rows }: TimedRows<R>,
  rules: RowRules,
  { made, position, derived }: Listing<R, T>,
): ListPage<T> {
  const clock = clockAt(asOf, rules)
  const items = rows.map((row) => made(row, clock))
  return {
    ...cutPage(asked, items, position),
    asOf: clock.asOf,
    state: `${asked.fields?.text} ${stateOf(rows)} ${JSON.stringify(items.map(derived))}`,
  }
}
