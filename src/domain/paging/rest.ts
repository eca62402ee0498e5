import { encodeCursor, type Position } from './cursor.ts'

/** The request for the rest of a list in ascending order, after a position (from its beginning without one). */
export function restOf(route: string, filter: string, id: string, after: Position | null): string {
  const cursor = after && encodeCursor(route, { [filter]: [id], order: 'asc' }, { from: null, to: null, after })
  return `${route}?${filter}=${id}&order=asc${cursor === null ? '' : `&cursor=${cursor}`}`
}
