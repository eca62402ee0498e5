import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { readCorrelation } from '../../../reading/search/correlation.ts'
import { messagesFor } from '../../identity/messages.ts'
import { treeUrl } from '../../links.ts'
import { unchanged } from '../../negotiate/etag.ts'
import { Problem } from '../../problems/problem.ts'
import { whileWanted } from '../../protect/connection-shares.ts'
import { notModified, problemResponses } from '../../schemas/problem.ts'
import { FormatParam, Query, Ref, TextParam } from '../../schemas/values.ts'
import { CorrelationSchema, correlationExample } from './correlation-schema.ts'
import type { SearchOptions } from './search.ts'

/** GET /correlations/:correlationId: all trees of a correlation id on one timeline. */
export const correlation: FastifyPluginAsyncTypebox<Pick<SearchOptions, 'db' | 'rules'>> = async (
  app,
  { db, rules },
) => {
  app.get(
    '/correlations/:correlationId',
    {
      config: { heavy: true },
      schema: {
        operationId: 'getCorrelation',
        tags: ['search'],
        summary: 'All trees of a correlation id, in the order of their starts',
        params: Type.Object({ correlationId: TextParam('As the writer wrote it') }),
        querystring: Query(FormatParam),
        response: {
          200: {
            description: 'The trees',
            content: { 'application/json': { schema: Ref(CorrelationSchema), example: correlationExample } },
          },
          ...notModified,
          ...problemResponses('not-found'),
        },
      },
    },
    async (request, reply) => {
      const { correlationId } = request.params
      const found = await readCorrelation(whileWanted(db, request), correlationId, messagesFor(request), rules)
      if (!found) throw new Problem('not-found', `No invocation has the correlation id ${correlationId}`)
      const { asOf, ...shown } = found
      if (unchanged(request, reply, JSON.stringify(shown))) return reply
      request.rows = found.trees.length
      const trees = found.trees.map((tree) => Object.assign(tree, { href: treeUrl(tree.root.id) }))
      return { ...shown, trees, asOf }
    },
  )
}
