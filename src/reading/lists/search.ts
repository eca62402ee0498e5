import type { Position } from '../../domain/paging/cursor.ts'
import type { Page, PageRequest } from '../../domain/paging/page.ts'

/** Rows looked at for one page: what is wanted is known only when a row has been looked at, and a rare one would need them all. */
const MAX_EXAMINED = 2000

/** Rows that are looked at in one statement. */
export const BATCH = 200

/** The page of a list whose rows are looked at one by one. */
export interface SearchedPage extends Page {
  /** Rows looked at, up to the last one of the page: over all pages, each row of the window counts once. */
  examined: number
}

interface Searching<T> {
  /** Reads so many items after a place, in the order of the page; fewer are the last ones of the window. */
  read: (after: PageRequest['after'], batch: number) => Promise<T[]>
  batch: number
  wanted: (item: T) => boolean
  position: (item: T) => Position
}

/** What a search found. */
export interface Found<T> {
  /** At most one beyond the page's limit. */
  found: T[]
  examined: number
  /** Where the search stopped, when it stopped before the end of the window. */
  stoppedAt: Position | null
}

/** Looks at items in the order of the page until one more than its limit are wanted, the window ends, or enough have been looked at. */
export async function search<T>(
  { limit, ...page }: PageRequest,
  { read, batch, wanted, position }: Searching<T>,
): Promise<Found<T>> {
  const found: T[] = []
  let { after } = page
  let examined = 0
  let examinedForPage = 0
  while (examined < MAX_EXAMINED) {
    const items = await read(after, batch)
    for (const item of items) {
      examined += 1
      after = position(item)
      if (!wanted(item)) continue
      found.push(item)
      if (found.length === limit) examinedForPage = examined
      if (found.length > limit) return { found, examined: examinedForPage, stoppedAt: null }
    }
    if (items.length < batch) return { found, examined, stoppedAt: null }
  }
  return { found, examined, stoppedAt: after }
}
