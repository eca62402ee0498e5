import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Db, Queryable } from '../../db/db.ts'
import { instantOf } from '../../domain/instant.ts'
import { cutPage, pageRequest, type ListQuery, type Page, type PageRequest } from '../../domain/paging/page.ts'
import type { Position } from '../../domain/paging/cursor.ts'
import { holdable, UNTRANSLATABLE } from '../../queries/encoding.ts'

/** What every list is made of: the database, and the most rows of a page. */
export interface ListOptions {
  db: Db
  maxPage: number
}

/** What a list request means, with the last 24 hours (or all time) where it names no window. Throws Invalid. */
export function askedPage(request: FastifyRequest, unasked: 'last-24h' | 'all-time'): PageRequest {
  return pageRequest(request.routeOptions.url ?? '', request.query as ListQuery, instantOf(Date.now()), unasked)
}

/** The answer of a list, from items read one beyond the limit, with its Link header. `stoppedAt`: the reading ended there, before the list did. */
export function sendPage<T>(
  request: FastifyRequest, reply: FastifyReply, asked: PageRequest, items: T[], position: (item: T) => Position, stoppedAt: Position | null = null,
): { data: T[]; page: Page } {
  const answer = cutPage(asked, items, position, stoppedAt)
  request.rows = answer.data.length
  if (answer.page.nextCursor !== null) void reply.header('link', `<${nextUrl(request.url, answer.page.nextCursor)}>; rel="next"`)
  return answer
}

/**
 * What `read` finds with the filters of a request. A text that the encoding of the database cannot hold (an emoji, in one of LATIN1) equals nothing
 * that is there: it is left out, and a filter of which nothing stays matches no row. It is looked for when Postgres has refused it.
 */
export async function withFilters<F extends object, T>(db: Queryable, filters: F, read: (filters: F) => Promise<T>): Promise<T> {
  try {
    return await read(filters)
  } catch (error) {
    if ((error as { code?: string }).code !== UNTRANSLATABLE) throw error
    const held = { ...filters } as Record<string, unknown>
    let left = 0
    for (const [name, values] of Object.entries(filters).filter((entry): entry is [string, string[]] => Array.isArray(entry[1]))) {
      const kept = await holdable(db, values)
      left += values.length - kept.length
      held[name] = kept
    }
    // It was no filter, but a row.
    if (left === 0) throw error
    return read(held as F)
  }
}

function nextUrl(url: string, cursor: string): string {
  const next = new URL(url, 'http://here')
  next.searchParams.set('cursor', cursor)
  return next.pathname + next.search
}
