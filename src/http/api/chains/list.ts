import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { readLinks } from '../../../reading/lists/links.ts'
import { whileWanted } from '../../protect/connection-shares.ts'
import { askedPage, filtersOf, sendPage, type ListOptions } from '../list-answer.ts'
import { ChainListSchema, chainExample } from './schema.ts'
import { listParams, listResponse, pageExample } from '../list-schema.ts'
import { notModified, problemResponses } from '../../schemas/problem.ts'
import { Many, Query, Status, TextParam } from '../../schemas/values.ts'

const chainQuery = (maxPage: number) =>
  Query({
    triggeringJob: Many(TextParam('Name of the job that triggered')),
    triggeringFunction: Many(TextParam('Function in which that job ran')),
    triggeredFunction: Many(TextParam('Function that was triggered')),
    jobStatus: Many({ ...Status, description: 'Status of the job that triggered' }),
    status: Many({ ...Status, description: 'Status of the triggered invocation' }),
    correlationId: Many(TextParam('Of the triggered invocation')),
    ...listParams(maxPage),
  })

/** GET /chains: which job led to which function, newest first. */
export const chains: FastifyPluginAsyncTypebox<ListOptions> = async (app, { db, maxPage }) => {
  app.get(
    '/chains',
    {
      schema: {
        operationId: 'listChains',
        tags: ['chains'],
        summary: 'Job-to-job links, newest first',
        description:
          'A window and the order are those of the triggered invocation. correlationId searches all time; without it, the last 24 hours unless from, to or window say otherwise.',
        querystring: chainQuery(maxPage),
        response: {
          200: listResponse(ChainListSchema, 'A page of links', { data: [chainExample], page: pageExample }),
          ...notModified,
          ...problemResponses(),
        },
      },
    },
    async (request, reply) => {
      const asked = askedPage(request, request.query.correlationId ? 'all-time' : 'last-24h')
      return sendPage(request, reply, await readLinks(whileWanted(db, request), filtersOf(request.query), asked))
    },
  )
}
