import { createHash } from 'node:crypto'
import { CURSOR_ALLOWED, cursorParts, encodedParts, fingerprint, isInstant, type Filters } from './cursor.ts'
import { resolveRange, type ListQuery } from './page.ts'
import { Invalid } from '../invalid.ts'

/** What a list of figures is asked for: groups in the order of one figure, and not rows in that of time. */
export interface RankedQuery extends Pick<ListQuery, 'from' | 'to' | 'window' | 'limit' | 'cursor' | 'format'> {
  /** The name of a figure; `-` before it: the largest first. */
  sort: string
}

/** What a figure is sorted by; null stands last in either order. */
export type Ranked = number | string | null

/** The last group that was shown: its figure, and its key as `placeOf` shortens it. */
interface Place {
  value: Ranked
  key: string
}

/** A page of figures, resolved. `from` and `to`: instants. */
export interface RankedRequest {
  route: string
  filters: Filters
  from: string
  to: string
  sort: string
  limit: number
  after: Place | null
}

export interface RankedPage {
  limit: number
  from: string
  to: string
  nextCursor: string | null
}

/** Resolves what was asked for; a cursor brings its own window, and without a window it is the last 24 hours. Throws Invalid. */
export function rankedRequest(route: string, query: RankedQuery, now: string): RankedRequest {
  const { cursor, limit, format: _, ...filters } = query
  const { sort } = query
  if (cursor !== undefined) return { route, filters, sort, limit, ...decoded(route, filters, cursor) }
  const { from, to } = resolveRange(query, now, 'last-24h')
  return { route, filters, sort, limit, after: null, from: from ?? '-infinity', to: to ?? 'infinity' }
}

/** Groups are told apart by their key. `value`: the figure of this name. */
export interface Ranking<T> {
  value: (item: T, figure: string) => Ranked
  key: (item: T) => string
}

/** Sorts groups by the figure that was asked for, then by their key, and cuts one page of them. */
export function rankedPage<T>(
  { route, filters, from, to, sort, limit, after }: RankedRequest,
  items: readonly T[],
  { value, key }: Ranking<T>,
): { data: T[]; page: RankedPage } {
  const figure = sort.replace(/^-/, '')
  const sign = sort.startsWith('-') ? -1 : 1
  const byPlace = (a: Place, b: Place): number => sign * compare(a.value, b.value) || compare(a.key, b.key)
  const placed = items
    .map((item) => ({ item, value: value(item, figure), key: shortened(key(item)) }))
    .toSorted(inOrder(byPlace))
  const rest = after === null ? placed : placed.filter((each) => inOrder(byPlace)(after, each) < 0)
  const shown = rest.slice(0, limit)
  const last = shown.at(-1)
  const nextCursor = rest.length > limit && last ? encoded(route, filters, { from, to, after: last }) : null
  return { data: shown.map(({ item }) => item), page: { limit, from, to, nextCursor } }
}

/** What has no figure stands last, also if the largest stand first. */
function inOrder(byPlace: (a: Place, b: Place) => number): (a: Place, b: Place) => number {
  return (a, b) => Number(a.value === null) - Number(b.value === null) || byPlace(a, b)
}

function compare(a: Ranked, b: Ranked): number {
  if (a === b || a === null || b === null) return 0
  return a < b ? -1 : 1
}

/** Names may be longer than a URL: those that begin with the same 100 characters stand in the order of their hashes. */
function shortened(key: string): string {
  return `${key.slice(0, 100)} ${createHash('sha256').update(key).digest('base64url').slice(0, 16)}`
}

function encoded(route: string, filters: Filters, { from, to, after }: { from: string; to: string; after: Place }) {
  return encodedParts([2, fingerprint(route, filters), from, to, after.value, after.key])
}

function decoded(route: string, filters: Filters, text: string): Pick<RankedRequest, 'from' | 'to' | 'after'> {
  const [version, print, from, to, value, key] = cursorParts(text)
  const whole = version === 2 && isInstant(from) && isInstant(to) && isRanked(value) && typeof key === 'string'
  if (!whole || print !== fingerprint(route, filters)) throw new Invalid('cursor', text, CURSOR_ALLOWED)
  return { from, to, after: { value, key } }
}

function isRanked(value: unknown): value is Ranked {
  return value === null || typeof value === 'number' || typeof value === 'string'
}
