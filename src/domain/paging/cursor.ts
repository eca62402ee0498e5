import { createHash } from 'node:crypto'
import { parseInstant } from '../instant.ts'
import { Invalid } from '../invalid.ts'

/** A place in a list ordered by (createdAt, id): the last row that was shown. `at` is an instant. */
export interface Position {
  at: string
  id: string
}

/** What a keyset cursor pins: the list it was made for, the resolved window, and the place to go on from. */
export interface Cursor {
  from: string | null
  to: string | null
  after: Position
}

/** The filters of a request, as the client wrote them (cursor, limit and format apart). */
export type Filters = Readonly<Record<string, unknown>>

export const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
/** What a 400 says of any other cursor. */
export const CURSOR_ALLOWED = 'the nextCursor of an earlier page of this list, with the same filters, order and window'

/** Opaque to clients and not signed, so that any replica takes it: all that a forger gains is another window of the same list. */
export function encodeCursor(route: string, filters: Filters, { from, to, after }: Cursor): string {
  return encodedParts([1, fingerprint(route, filters), from, to, after.at, after.id])
}

/** Throws Invalid for a cursor of another route or other filters, and for one that was never made here. */
export function decodeCursor(route: string, filters: Filters, text: string): Cursor {
  const [version, print, from, to, at, id] = cursorParts(text)
  const whole = version === 1 && isInstant(at) && typeof id === 'string' && UUID.test(id)
  if (!whole || !isBound(from) || !isBound(to) || print !== fingerprint(route, filters))
    throw new Invalid('cursor', text, CURSOR_ALLOWED)
  return { from, to, after: { at, id } }
}

/** The text of a cursor that is made of these six parts. */
export function encodedParts(parts: readonly [unknown, unknown, unknown, unknown, unknown, unknown]): string {
  return Buffer.from(JSON.stringify(parts)).toString('base64url')
}

/** The six parts of a cursor; none if the text is no cursor. */
export function cursorParts(text: string): unknown[] {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString())
    return Array.isArray(value) && value.length === 6 ? value : []
  } catch {
    return []
  }
}

export function isInstant(value: unknown): value is string {
  return typeof value === 'string' && parseInstant(value) === value
}

export function isBound(value: unknown): value is string | null {
  return value === null || isInstant(value)
}

/** Tells one list with its filters from all others. */
export function fingerprint(route: string, filters: Filters): string {
  const asked = Object.entries(filters).filter(([, value]) => value !== undefined)
  const canonical = JSON.stringify([route, asked.sort(([a], [b]) => (a < b ? -1 : 1))])
  return createHash('sha256').update(canonical).digest('base64url').slice(0, 16)
}
