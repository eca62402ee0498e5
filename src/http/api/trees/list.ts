import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { askedPage, askedSortedPage, filtersOf, sendPage, type ListOptions } from '../list-answer.ts'
import { MOST_WHOLE } from '../../../domain/tree/most-whole.ts'
import { messagesFor } from '../../identity/messages.ts'
import { whileWanted } from '../../protect/connection-shares.ts'
import { hintOf } from '../hint.ts'
import { listParams, listResponse, asOfExample, pageExample } from '../list-schema.ts'
import { notModified, problemResponses } from '../../schemas/problem.ts'
import { columnsOfTree, treeStatuses } from '../../../domain/tree/tree-summary.ts'
import { TREE_STATUS, TreeListSchema, treeSummaryExample } from './list-schema.ts'
import { EnumParam, Many, Query, TextParam } from '../../schemas/values.ts'
import { DURATION, DURATION_ALLOWED } from '../../../domain/paging/least-duration.ts'
import { isTreeFigure, treeSorts } from '../../../domain/summaries/kept-tree.ts'
import { readTrees } from '../../../reading/lists/trees.ts'

/** Of a count; the largest that the column holds. */
const AT_LEAST = { minimum: 1, maximum: 2_147_483_647 }

const treesQuery = (maxPage: number) =>
  Query({
    status: Many(EnumParam(treeStatuses, TREE_STATUS)),
    rootFunction: Many(TextParam('Function of the root')),
    correlationId: Many(TextParam('Of the root')),
    contains: Many(TextParam('Function of an invocation of the tree')),
    minDuration: Type.Optional(
      Type.String({
        pattern: DURATION.source,
        maxLength: 11,
        'x-allowed': DURATION_ALLOWED,
        description: 'Only trees that took at least so long, e.g. 1500ms; one that is not over has no duration yet',
      }),
    ),
    minInvocations: Type.Optional(
      Type.Integer({ ...AT_LEAST, description: 'Only trees of so many invocations at least' }),
    ),
    minFailures: Type.Optional(
      Type.Integer({
        ...AT_LEAST,
        description: 'Only trees with so many failed invocations and failed jobs at least',
      }),
    ),
    sort: Type.Optional(
      EnumParam(
        treeSorts,
        'By this figure instead of the start, the largest first, or with order=asc the smallest; then by id. duration: only trees that are over; failed: failed invocations and failed jobs together',
      ),
    ),
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
        description: `The window and the order are those of the roots. correlationId searches all time; without it, the last 24 hours unless from, to or window say otherwise. sort, contains, minDuration, minInvocations and minFailures take trees that were summed up before (page.summaries), and so does status as far as all of the window is; where none are, they are refused. A tree of ${MOST_WHOLE.toLocaleString('en')} invocations or more is counted up to there, and not complete.`,
        querystring: treesQuery(maxPage),
        response: {
          200: listResponse(TreeListSchema, 'A page of trees', {
            data: [treeSummaryExample],
            page: { ...pageExample, examined: 1, summaries: null },
            asOf: asOfExample,
          }),
          ...notModified,
          ...problemResponses(),
        },
      },
    },
    async (request, reply) => {
      const { sort, correlationId } = request.query
      const unasked = correlationId ? 'all-time' : 'last-24h'
      const asked =
        sort === undefined
          ? askedPage(request, unasked, columnsOfTree)
          : askedSortedPage(request, { sort, isFigure: isTreeFigure }, unasked, columnsOfTree)
      const wanted = whileWanted(db, request)
      const { sort: _sort, ...filters } = filtersOf(request.query)
      const found = await readTrees(wanted, filters, asked, messagesFor(request), rules)
      return sendPage(
        request,
        reply,
        found,
        await hintOf(wanted, request, found, { rootFunction: ['function'], contains: ['function'] }, rules),
      )
    },
  )
}
