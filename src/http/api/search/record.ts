import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { fewLinksText } from '../../../domain/link/known.ts'
import { decodeCursor } from '../../../domain/paging/cursor.ts'
import { isEmailLike } from '../../../domain/privacy/email-like.ts'
import { stringify } from '../../../domain/privacy/raw-json.ts'
import type { Redaction } from '../../../domain/privacy/redaction.ts'
import type { LookAtLinks } from '../../../reading/links/known.ts'
import { readRecord } from '../../../reading/search/record.ts'
import { demandScope } from '../../identity/authorize.ts'
import { included, splitInclude } from '../../identity/include.ts'
import { messagesFor } from '../../identity/messages.ts'
import { nextPageUrl, treeUrl } from '../../links.ts'
import { unchanged } from '../../negotiate/etag.ts'
import { Problem } from '../../problems/problem.ts'
import { whileWanted } from '../../protect/connection-shares.ts'
import { notModified, problemResponses } from '../../schemas/problem.ts'
import { Query, TextParam } from '../../schemas/values.ts'
import { IncludeParam } from '../personal-schema.ts'
import { listResponse, pageParams } from '../list-schema.ts'
import { RecordHistorySchema, recordExample } from './record-schema.ts'
import type { SearchOptions } from './search.ts'

interface RecordOptions extends SearchOptions {
  maxPage: number
  redactions: readonly Redaction[]
  lookAtLinks: LookAtLinks
}

/** GET /records/:table/:recordId: the history of one record. */
export const record: FastifyPluginAsyncTypebox<RecordOptions> = async (
  app,
  { db, rules, settings, maxPage, redactions, lookAtLinks },
) => {
  app.get(
    '/records/:table/:recordId',
    {
      config: { heavy: true },
      preValidation: splitInclude,
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
        querystring: Query({
          include: IncludeParam(['changes'], 'What each event changed; needs the scope read:payload'),
          ...pageParams(maxPage, 'Invocations'),
        }),
        response: {
          200: listResponse(RecordHistorySchema, 'A page of the history', recordExample),
          ...notModified,
          ...problemResponses('not-found'),
        },
      },
    },
    async (request, reply) => {
      const { table, recordId: id } = request.params
      const { limit, cursor, include = [] } = request.query
      const { fields } = included(request, include, { changes: 'payload' })
      if (isEmailLike(id)) demandScope(request, 'read:payload', 'A record whose id may be an e-mail address')
      const route = request.routeOptions.url ?? ''
      const filters = { table, id }
      const all = { from: null, to: null, after: null }
      const place = cursor === undefined ? all : decodeCursor(route, filters, cursor)
      const links = await lookAtLinks()
      const note = links === null ? undefined : fewLinksText(links)
      const asked = {
        route,
        filters,
        order: 'desc' as const,
        limit,
        ...place,
        record: { table, id },
        changes: fields.length > 0 ? redactions : undefined,
        fewLinks: note !== undefined,
      }
      const found = await readRecord(whileWanted(db, request), asked, messagesFor(request), rules, settings)
      if (found.data.length === 0 && cursor === undefined && found.page.nextCursor === null)
        // The id may be what a customer is known by.
        throw new Problem('not-found', `No event of ${table} with the id ${id} caused an invocation`, {
          logged: `No event of ${table} with this id caused an invocation`,
        })
      const { asOf, changes, ...shown } = found
      if (unchanged(request, reply, JSON.stringify([shown, changes && [...changes.of], note]))) return reply
      request.rows = found.data.length
      const { nextCursor } = found.page
      if (nextCursor !== null) void reply.header('link', `<${nextPageUrl(request.url, nextCursor)}>; rel="next"`)
      const trees = found.trees.map(({ missing, ...tree }) =>
        Object.assign(tree, { href: treeUrl(tree.root.id), missing: missing && { data: missing } }),
      )
      const told = { ...(note === undefined ? {} : { note }), ...shown, trees, asOf }
      if (changes === undefined) return told
      // Not even the browser of those who may see it keeps personal data.
      void reply.header('cache-control', 'private, no-store')
      void reply.type('application/json; charset=utf-8').serializer(stringify)
      const data = found.data.map((step) =>
        Object.assign(step, { changes: changes.of.get(step.invocation.id) ?? null }),
      )
      return { ...told, data, redacted: changes.redacted }
    },
  )
}
