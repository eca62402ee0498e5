import { partOf, type Fields } from '../fields.ts'
import { decodeCursor, encodeCursor, type Filters, type Position } from './cursor.ts'
import { addMs, INSTANT_ALLOWED, isBefore, parseInstant } from '../instant.ts'
import { Invalid } from '../invalid.ts'

export type Order = 'asc' | 'desc'

/** The parameters that every list shares. */
export interface ListQuery {
  from?: string
  to?: string
  window?: string
  order: Order
  limit: number
  cursor?: string
  fields?: string
  format?: string
}

/** One page of a list, resolved: rows of [from, to) on createdAt (null: unbounded) in (createdAt, id) order, after a position. */
export interface PageRequest {
  route: string
  filters: Filters
  from: string | null
  to: string | null
  order: Order
  limit: number
  after: Position | null
  /** Of each row; absent: all of them. */
  fields?: Fields
}

/** What the answer says of its page. */
export interface Page {
  limit: number
  from: string | null
  to: string | null
  nextCursor: string | null
}

const UNITS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 }
const DAY = UNITS.d

/** What a window looks like, and what a 400 says of any other. */
export const WINDOW = /^([1-9][0-9]{0,4})([smhdw])$/
export const WINDOW_ALLOWED = 'a whole number and a unit of s, m, h, d, w, from 1s to 99999w'

/** A window such as `6h` in ms, or undefined for what is none. */
export function windowMs(text: string): number | undefined {
  const match = WINDOW.exec(text)
  return match ? Number(match[1]) * UNITS[match[2] as keyof typeof UNITS] : undefined
}

/**
 * Resolves what a list was asked for. A cursor brings its own window; without one, `window` counts back from `now`,
 * and a list that asks for neither gets the last 24 hours, or all time where an index makes that cheap. Throws Invalid.
 */
export function pageRequest(
  route: string,
  query: ListQuery,
  now: string,
  unasked: 'last-24h' | 'all-time',
): PageRequest {
  const { cursor, limit, fields: _fields, format: _format, ...filters } = query
  const { order } = query
  if (cursor !== undefined) return { route, filters, order, limit, ...decodeCursor(route, filters, cursor) }
  return { route, filters, order, limit, after: null, ...resolveRange(query, now, unasked) }
}

/** [from, to) of a request, both null where it reaches over all time. Throws Invalid. */
export function resolveRange(
  query: Pick<ListQuery, 'from' | 'to' | 'window'>,
  now: string,
  unasked: 'last-24h' | 'all-time',
): { from: string | null; to: string | null } {
  const { window, from, to } = query
  if (window !== undefined) {
    if (from !== undefined || to !== undefined)
      throw new Invalid('window', window, 'left out where from or to is given')
    const ms = windowMs(window)
    if (ms === undefined) throw new Invalid('window', window, WINDOW_ALLOWED)
    return { from: addMs(now, -ms), to: now }
  }
  if (from === undefined && to === undefined)
    return unasked === 'all-time' ? { from: null, to: null } : { from: addMs(now, -DAY), to: now }
  const range = { from: bound('from', from), to: bound('to', to) }
  // Up to infinity means with it.
  if (range.from !== null && range.to !== null && range.to !== 'infinity' && !isBefore(range.from, range.to))
    throw new Invalid('to', to, `later than from (${range.from})`)
  if (unasked === 'all-time') return range
  // Where a list may not scan all time, an open end is closed: from a day before `to`, or up to now.
  if (range.from === null) return { from: addMs(range.to ?? now, -DAY), to: range.to }
  if (range.to === null && !isBefore(range.from, now))
    throw new Invalid('from', from, `earlier than now (${now}), or given with a later to`)
  return { from: range.from, to: range.to ?? now }
}

function bound(name: 'from' | 'to', text: string | undefined): string | null {
  if (text === undefined) return null
  const at = parseInstant(text)
  if (at === undefined) throw new Invalid(name, text, INSTANT_ALLOWED)
  return at
}

/**
 * Cuts the one row that was read beyond the limit, and makes the cursor of the next page: after the last row shown, or after where the
 * reading stopped before it had found enough. `position` is read off a response item, before that is cut down to the fields that were asked for.
 */
export function cutPage<T>(
  request: PageRequest,
  items: T[],
  position: (item: T) => Position,
  stoppedAt: Position | null = null,
): { data: T[]; page: Page } {
  const { route, filters, from, to, limit, fields } = request
  const data = items.slice(0, limit)
  const last = data.at(-1)
  const after = items.length > limit && last !== undefined ? position(last) : stoppedAt
  const nextCursor = after === null ? null : encodeCursor(route, filters, { from, to, after })
  return { data: fields ? partOf(data, fields.selection) : data, page: { limit, from, to, nextCursor } }
}
