import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { askedPage, filtersOf, sendPage, type ListOptions } from '../list-answer.ts'
import { MOST_WHOLE } from '../../../domain/tree/most-whole.ts'
import { messagesFor } from '../../identity/messages.ts'
import { whileWanted } from '../../protect/connection-shares.ts'
import { hintOf } from '../hint.ts'
import { listParams, listResponse, asOfExample, pageExample } from '../list-schema.ts'
import { notModified, problemResponses } from '../../schemas/problem.ts'
import { columnsOfTree, treeStatuses } from '../../../domain/tree/tree-summary.ts'
import { TREE_STATUS, TreeListSchema, treeSummaryExample } from './list-schema.ts'
import { EnumParam, Many, Query, TextParam } from '../../schemas/values.ts'
import { readTrees } from '../../../reading/lists/trees.ts'

const treesQuery = (maxPage: number) =>
  Query({
    status: Many(EnumParam(treeStatuses, TREE_STATUS)),
    rootFunction: Many(TextParam('Function of the root')),
    correlationId: Many(TextParam('Of the root')),
    ...listParams(maxPage, columnsOfTree),
  })

/** GET /trees: the trees of a window. This is where a dashboard begins. */
export const trees: FastifyPluginAsyncTypebox<ListOptions> = async (app, { db, maxPage, rules }) => {
  app.get(
    '/trees',
    {
      config: { heavy: true },
      schema: {
        operationId: 'listTrees',
        tags: ['trees'],
        summary: 'Trees by their root, newest first',
        description: `The window and the order are those of the roots. correlationId searches all time; without it, the last 24 hours unless from, to or window say otherwise. A tree of ${MOST_WHOLE.toLocaleString('en')} invocations or more is counted up to there, and not complete.`,
        querystring: treesQuery(maxPage),
        response: {
          200: listResponse(TreeListSchema, 'A page of trees', {
            data: [treeSummaryExample],
            page: { ...pageExample, examined: 1 },
            asOf: asOfExample,
          }),
          ...notModified,
          ...problemResponses(),
        },
      },
    },
    async (request, reply) => {
      const asked = askedPage(request, request.query.correlationId ? 'all-time' : 'last-24h', columnsOfTree)
      const wanted = whileWanted(db, request)
      const found = await readTrees(wanted, filtersOf(request.query), asked, messagesFor(request), rules)
      return sendPage(
        request,
        reply,
        found,
        await hintOf(wanted, request, found, { rootFunction: ['function'] }, rules),
      )
    },
  )
}
