import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { decodeCursor } from '../../../domain/paging/cursor.ts'
import { isEmailLike } from '../../../domain/privacy/email-like.ts'
import { readRecord } from '../../../reading/search/record.ts'
import { demandScope } from '../../identity/authorize.ts'
import { messagesFor } from '../../identity/messages.ts'
import { nextPageUrl, treeUrl } from '../../links.ts'
import { unchanged } from '../../negotiate/etag.ts'
import { Problem } from '../../problems/problem.ts'
import { whileWanted } from '../../protect/connection-shares.ts'
import { notModified, problemResponses } from '../../schemas/problem.ts'
import { Query, TextParam } from '../../schemas/values.ts'
import { listResponse, pageParams } from '../list-schema.ts'
import { RecordHistorySchema, recordExample } from './record-schema.ts'
import type { SearchOptions } from './search.ts'

/** GET /records/:table/:recordId: the history of one record. */
export const record: FastifyPluginAsyncTypebox<SearchOptions & { maxPage: number }> = async (
  app,
  { db, rules, settings, maxPage },
) => {
  app.get(
    '/records/:table/:recordId',
    {
      config: { heavy: true },
      schema: {
        operationId: 'getRecord',
        tags: ['search'],
        summary: 'The history of one record: what its events caused, newest first',
        description:
          'Over all time, as far as since says. Each tree tells what failed in it, and what normally follows and did not. A record that may be an e-mail address needs the scope read:payload.',
        params: Type.Object({
          table: TextParam('With its schema, public.orders, or without'),
          recordId: TextParam('The id; of several columns, their values with colons between'),
        }),
        querystring: Query(pageParams(maxPage, 'Invocations')),
        response: {
          200: listResponse(RecordHistorySchema, 'A page of the history', recordExample),
          ...notModified,
          ...problemResponses('not-found'),
        },
      },
    },
    async (request, reply) => {
      const { table, recordId: id } = request.params
      const { limit, cursor } = request.query
      if (isEmailLike(id)) demandScope(request, 'read:payload', 'A record whose id may be an e-mail address')
      const route = request.routeOptions.url ?? ''
      const filters = { table, id }
      const all = { from: null, to: null, after: null }
      const place = cursor === undefined ? all : decodeCursor(route, filters, cursor)
      const asked = { route, filters, order: 'desc' as const, limit, ...place, record: { table, id } }
      const found = await readRecord(whileWanted(db, request), asked, messagesFor(request), rules, settings)
      if (found.data.length === 0 && cursor === undefined && found.page.nextCursor === null)
        throw new Problem('not-found', `No event of ${table} with the id ${id} caused an invocation`)
      const { asOf, ...shown } = found
      if (unchanged(request, reply, JSON.stringify(shown))) return reply
      request.rows = found.data.length
      const { nextCursor } = found.page
      if (nextCursor !== null) void reply.header('link', `<${nextPageUrl(request.url, nextCursor)}>; rel="next"`)
      const trees = found.trees.map(({ missing, ...tree }) =>
        Object.assign(tree, { href: treeUrl(tree.root.id), missing: missing && { data: missing } }),
      )
      return { ...shown, trees, asOf }
    },
  )
}
