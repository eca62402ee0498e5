import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Reader } from '../../db/db.ts'
import { fieldsOf, type ColumnsOf, type Fields } from '../../domain/fields.ts'
import { instantOf } from '../../domain/instant.ts'
import type { RowRules } from '../../domain/liveness.ts'
import type { Statuses } from '../../domain/model/status.ts'
import { pageRequest, type ListQuery, type Page, type PageRequest } from '../../domain/paging/page.ts'
import { sortedRequest, type SortedRequest } from '../../domain/paging/sorted.ts'
import type { Hint } from '../../reading/analysis/names.ts'
import type { ListPage } from '../../reading/lists/list-page.ts'
import { nextPageUrl } from '../links.ts'
import { unchanged } from '../negotiate/etag.ts'

/** What every list is made of: the database, the most rows of a page, the words of a status, and how rows are judged. */
export interface ListOptions {
  db: Reader
  maxPage: number
  /** What filters on a status may name. */
  statuses: Statuses
  rules: RowRules
}

/** What a list request means, with the last 24 hours (or all time) where it names no window. `columnsOf` its rows are the fields made. Throws Invalid. */
export function askedPage(
  request: FastifyRequest,
  unasked: 'last-24h' | 'all-time',
  columnsOf: ColumnsOf,
): PageRequest {
  const query = request.query as ListQuery
  return withFields(
    request,
    pageRequest(request.routeOptions.url ?? '', query, instantOf(Date.now()), unasked),
    columnsOf,
  )
}

/** The same of a list that is sorted by a figure. `isFigure`: whether a row may have it. */
export function askedSortedPage<S extends string>(
  request: FastifyRequest,
  { sort, isFigure }: { sort: S; isFigure: (sort: S, figure: number) => boolean },
  unasked: 'last-24h' | 'all-time',
  columnsOf: ColumnsOf,
): SortedRequest<S> {
  const query = { ...(request.query as ListQuery), sort }
  return withFields(
    request,
    sortedRequest(request.routeOptions.url ?? '', query, instantOf(Date.now()), unasked, isFigure),
    columnsOf,
  )
}

function withFields<P extends { fields?: Fields }>(request: FastifyRequest, page: P, columnsOf: ColumnsOf): P {
  const { fields, stale } = request.query as ListQuery & { stale?: boolean }
  if (fields === undefined) return page
  // A filter on what is stale looks at that whether it is shown or not.
  return { ...page, fields: fieldsOf(fields, columnsOf, stale === undefined ? [] : ['stale']) }
}

/** What of the parameters of a list are filters of its own. */
export function filtersOf<Q extends ListQuery>(query: Q): Omit<Q, keyof ListQuery> {
  const {
    from: _from,
    to: _to,
    window: _window,
    order: _order,
    limit: _limit,
    cursor: _cursor,
    fields: _fields,
    format: _format,
    ...filters
  } = query
  return filters
}

/** The answer of a list, with its Link header; 304 if the client holds it already. */
export function sendPage<T, P extends Page>(
  request: FastifyRequest,
  reply: FastifyReply,
  { data, page, asOf, state }: ListPage<T, P>,
  hint?: Hint,
): FastifyReply | { data: T[]; page: P; asOf: string; hint?: Hint } {
  if (unchanged(request, reply, hint === undefined ? state : `${state} ${JSON.stringify(hint)}`)) return reply
  request.rows = data.length
  if (page.nextCursor !== null) void reply.header('link', `<${nextPageUrl(request.url, page.nextCursor)}>; rel="next"`)
  return { data, page, asOf, ...(hint === undefined ? {} : { hint }) }
}
