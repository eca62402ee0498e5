import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Db } from '../../db/db.ts'
import { instantOf } from '../../domain/instant.ts'
import { cutPage, pageRequest, type ListQuery, type Page, type PageRequest } from '../../domain/page.ts'
import type { Position } from '../../domain/cursor.ts'

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

function nextUrl(url: string, cursor: string): string {
  const next = new URL(url, 'http://here')
  next.searchParams.set('cursor', cursor)
  return next.pathname + next.search
}
