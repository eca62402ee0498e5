import { partOf } from '../fields.ts'
import { Invalid } from '../invalid.ts'
import { CURSOR_ALLOWED, cursorParts, encodedParts, fingerprint, isBound, UUID } from './cursor.ts'
import { resolveRange, type ListQuery, type Page, type PageRequest } from './page.ts'

/** The last row of a page that is sorted by a figure: the figure, and its id. */
export interface SortedPosition {
  figure: number
  id: string
}

/** A page of a list that is sorted by a figure and not by time, resolved; `order` `desc`: the largest first. */
export interface SortedRequest<S extends string = string> extends Omit<PageRequest, 'after'> {
  sort: S
  after: SortedPosition | null
}

/** Resolves what a sorted list was asked for, as `pageRequest` does. `isFigure`: whether a row may have this figure to be sorted by. Throws Invalid. */
export function sortedRequest<S extends string>(
  route: string,
  query: ListQuery & { sort: S },
  now: string,
  unasked: 'last-24h' | 'all-time',
  isFigure: (sort: S, figure: number) => boolean,
): SortedRequest<S> {
  const { cursor, limit, fields: _fields, format: _format, ...filters } = query
  const { order, sort } = query
  const asked = { route, filters, order, limit, sort }
  if (cursor !== undefined) return { ...asked, ...decoded(route, filters, cursor, (figure) => isFigure(sort, figure)) }
  return { ...asked, after: null, ...resolveRange(query, now, unasked) }
}

/** Cuts the one row that was read beyond the limit, and makes the cursor of the next page. */
export function cutSortedPage<T>(
  { route, filters, from, to, limit, fields }: SortedRequest,
  items: ReadonlyArray<{ item: T; position: SortedPosition }>,
): { data: T[]; page: Page } {
  const shown = items.slice(0, limit)
  const last = shown.at(-1)
  const nextCursor =
    items.length > limit && last
      ? encodedParts([3, fingerprint(route, filters), from, to, last.position.figure, last.position.id])
      : null
  const data = shown.map(({ item }) => item)
  return { data: fields ? partOf(data, fields.selection) : data, page: { limit, from, to, nextCursor } }
}

function decoded(
  route: string,
  filters: PageRequest['filters'],
  text: string,
  isFigure: (figure: number) => boolean,
): Pick<SortedRequest, 'from' | 'to' | 'after'> {
  const [version, print, from, to, figure, id] = cursorParts(text)
  const whole =
    version === 3 && typeof figure === 'number' && isFigure(figure) && typeof id === 'string' && UUID.test(id)
  if (!whole || !isBound(from) || !isBound(to) || print !== fingerprint(route, filters))
    throw new Invalid('cursor', text, CURSOR_ALLOWED)
  return { from, to, after: { figure, id } }
}
