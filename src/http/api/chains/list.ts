import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { columnsOfChain } from '../../../domain/model/link.ts'
import { knownStatuses } from '../../../domain/model/status.ts'
import { readLinks } from '../../../reading/lists/links.ts'
import { messagesFor } from '../../identity/messages.ts'
import { whileWanted } from '../../protect/connection-shares.ts'
import { askedPage, filtersOf, sendPage, type ListOptions } from '../list-answer.ts'
import { ChainListSchema, chainExample } from './schema.ts'
import { hintOf } from '../hint.ts'
import { listParams, listResponse, asOfExample, pageExample } from '../list-schema.ts'
import { refuseUnknownStatuses } from '../status-filters.ts'
import { notModified, problemResponses } from '../../schemas/problem.ts'
import { Many, Query, StatusParam, TextParam } from '../../schemas/values.ts'

const chainQuery = (maxPage: number) =>
  Query({
    triggeringJob: Many(TextParam('Name of the job that triggered')),
    triggeringFunction: Many(TextParam('Function in which that job ran')),
    triggeredFunction: Many(TextParam('Function that was triggered')),
    jobStatus: Many(StatusParam(knownStatuses.job_executions, 'Of the job that triggered')),
    status: Many(StatusParam(knownStatuses.invocations, 'Of the triggered invocation')),
    correlationId: Many(TextParam('Of the triggered invocation')),
    ...listParams(maxPage, columnsOfChain),
  })

/** GET /chains: which job led to which function, newest first. */
export const chains: FastifyPluginAsyncTypebox<ListOptions> = async (app, { db, maxPage, statuses, rules }) => {
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
          200: listResponse(ChainListSchema, 'A page of links', {
            data: [chainExample],
            page: pageExample,
            asOf: asOfExample,
          }),
          ...notModified,
          ...problemResponses(),
        },
      },
    },
    async (request, reply) => {
      const { jobStatus, status } = request.query
      refuseUnknownStatuses({
        jobStatus: { given: jobStatus, allowed: statuses.job_executions },
        status: { given: status, allowed: statuses.invocations },
      })
      const asked = askedPage(request, request.query.correlationId ? 'all-time' : 'last-24h', columnsOfChain)
      const wanted = whileWanted(db, request)
      const found = await readLinks(wanted, filtersOf(request.query), asked, messagesFor(request), rules)
      return sendPage(
        request,
        reply,
        found,
        await hintOf(
          wanted,
          request,
          found,
          {
            triggeringJob: ['job'],
            triggeringFunction: ['function'],
            triggeredFunction: ['function'],
          },
          rules,
        ),
      )
    },
  )
}
