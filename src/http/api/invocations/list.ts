import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { columnsOfInvocation } from '../../../domain/model/invocation.ts'
import { Type } from 'typebox'
import { runningStatuses } from '../../../domain/liveness.ts'
import { knownStatuses, outcomes } from '../../../domain/model/status.ts'
import { invocationReader } from '../../../reading/lists/invocations.ts'
import { asksForRunning, refuseEndedStatuses } from '../../../domain/paging/running-filters.ts'
import { messagesFor } from '../../identity/messages.ts'
import { asOneClient, whileWanted } from '../../protect/connection-shares.ts'
import { askedPage, filtersOf, sendPage, type ListOptions } from '../list-answer.ts'
import { InvocationListSchema, invocationExample } from './schema.ts'
import { listParams, listResponse, asOfExample, pageExample, runningParams } from '../list-schema.ts'
import { hintOf } from '../hint.ts'
import { refuseUnknownStatuses } from '../status-filters.ts'
import { notModified, problemResponses } from '../../schemas/problem.ts'
import { EnumParam, IdParam, Many, Query, StatusParam, TextParam } from '../../schemas/values.ts'

const invocationQuery = (maxPage: number) =>
  Query({
    sourceJobId: Many(IdParam('The invocations that this job triggered')),
    correlationId: Many(TextParam('Opaque; several trees may share one')),
    sourceEventId: Many(IdParam('The database event that the function received')),
    status: Many(StatusParam(knownStatuses.invocations, 'Of the invocation')),
    outcome: Many(
      EnumParam(
        outcomes,
        'failed: its status is failed, timeout or timed_out, or it crashed; crashed: that part alone; completed: its status is completed, and it did not crash; running and stale: its status is running, it did not crash, and it gives signs of life or none',
      ),
    ),
    sourceFunction: Many(TextParam('Function')),
    sourceTable: Many(TextParam('Table of the event, e.g. public.orders')),
    sourceOperation: Many(TextParam('INSERT, UPDATE, DELETE or MANUAL')),
    sourceSystem: Many(TextParam('System of the event')),
    root: Type.Optional(Type.Boolean({ description: 'true: no source job; false: triggered by a job' })),
    ...runningParams,
    ...listParams(maxPage, columnsOfInvocation),
  })

/** GET /invocations: what a job triggered, what happened in a window. */
export const invocations: FastifyPluginAsyncTypebox<ListOptions> = async (app, { db, maxPage, statuses, rules }) => {
  const readInvocations = invocationReader(asOneClient(db, app.shares))
  app.get(
    '/invocations',
    {
      schema: {
        operationId: 'listInvocations',
        tags: ['invocations'],
        summary: 'Invocations, newest first',
        description:
          'sourceJobId, correlationId and sourceEventId search all time; without one of them, the last 24 hours unless from, to or window say otherwise. stale=true and olderThan search all time too.',
        querystring: invocationQuery(maxPage),
        response: {
          200: listResponse(InvocationListSchema, 'A page of invocations', {
            data: [invocationExample],
            page: pageExample,
            asOf: asOfExample,
          }),
          ...notModified,
          ...problemResponses(),
        },
      },
    },
    async (request, reply) => {
      const { query } = request
      refuseUnknownStatuses({ status: { given: query.status, allowed: statuses.invocations } })
      const byId = query.sourceJobId ?? query.correlationId ?? query.sourceEventId
      refuseEndedStatuses(request.query, runningStatuses.ofRuns)
      const asked = askedPage(
        request,
        byId || asksForRunning(request.query) ? 'all-time' : 'last-24h',
        columnsOfInvocation,
      )
      const wanted = whileWanted(db, request)
      const { signal } = request.cancellation
      const found = await readInvocations(wanted, filtersOf(query), asked, messagesFor(request), rules, signal)
      const hint = await hintOf(
        wanted,
        request,
        found,
        {
          sourceFunction: ['function'],
          sourceTable: ['table'],
          sourceSystem: ['system'],
        },
        rules,
      )
      return sendPage(request, reply, found, hint)
    },
  )
}
