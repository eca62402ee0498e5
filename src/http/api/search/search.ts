import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import type { Reader } from '../../../db/db.ts'
import { Invalid } from '../../../domain/invalid.ts'
import type { RowRules } from '../../../domain/liveness.ts'
import { isEmailLike } from '../../../domain/privacy/email-like.ts'
import type { SearchSettings } from '../../../domain/search/settings.ts'
import { matches } from '../../../reading/search/hit.ts'
import { search as searchFor } from '../../../reading/search/search.ts'
import { demandScope } from '../../identity/authorize.ts'
import { messagesFor } from '../../identity/messages.ts'
import { treeUrl } from '../../links.ts'
import { unchanged } from '../../negotiate/etag.ts'
import { whileWanted } from '../../protect/connection-shares.ts'
import { notModified, problemResponses } from '../../schemas/problem.ts'
import { EnumParam, FormatParam, Many, Query, Ref } from '../../schemas/values.ts'
import { MATCH, SearchSchema, searchExample } from './search-schema.ts'

export interface SearchOptions {
  db: Reader
  rules: RowRules
  settings: SearchSettings
}

const ALLOWED = 'text of 2 to 200 characters without NUL'

const SearchQuery = Query({
  q: Type.String({
    minLength: 2,
    maxLength: 200,
    pattern: '^[^\\u0000]*$',
    'x-allowed': ALLOWED,
    description:
      'An id, table:id of a record, a correlation id, a part of a name or of the message of a failure. What may be an e-mail address needs the scope read:payload',
  }),
  in: Many(EnumParam(matches, `Look among these alone. ${MATCH}`)),
  ...FormatParam,
})

/** GET /search: where something is that somebody names. */
export const search: FastifyPluginAsyncTypebox<SearchOptions> = async (app, { db, rules, settings }) => {
  app.get(
    '/search',
    {
      config: { heavy: true },
      schema: {
        operationId: 'search',
        tags: ['search'],
        summary: 'Where something is: by an id, a record, a correlation id, a name or a message',
        description:
          'Over all time, in 2 s; what was not looked at stands in notSearched. Messages of failures are looked at if nothing else was found, or in=error asks for them.',
        querystring: SearchQuery,
        response: {
          200: {
            description: 'What was found',
            content: { 'application/json': { schema: Ref(SearchSchema), example: searchExample } },
          },
          ...notModified,
          ...problemResponses(),
        },
      },
    },
    async (request, reply) => {
      const { q, in: within } = request.query
      if (q.trim().length < 2) throw new Invalid('q', q, ALLOWED)
      if (isEmailLike(q)) demandScope(request, 'read:payload', 'A search for what may be an e-mail address')
      if (within?.includes('personal') === true) demandScope(request, 'read:payload', 'in=personal')
      const wanted = whileWanted(db, request)
      const asked = { text: q, within, personal: request.access.scopes.has('read:payload') }
      const { asOf, ...found } = await searchFor(wanted, asked, messagesFor(request), rules, settings)
      if (unchanged(request, reply, JSON.stringify(found))) return reply
      request.rows = found.data.reduce((sum, { data }) => sum + data.length, 0)
      const trees = found.trees.map((tree) => ({ ...tree, href: treeUrl(tree.root.id) }))
      return { ...found, trees, asOf }
    },
  )
}
