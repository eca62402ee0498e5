import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { columnsOfEvent } from '../../../domain/model/event.ts'
import { Type } from 'typebox'
import { Invalid } from '../../../domain/invalid.ts'
import { runningStatuses } from '../../../domain/liveness.ts'
import { knownStatuses } from '../../../domain/model/status.ts'
import { readEvents } from '../../../reading/lists/events.ts'
import { asksForRunning, refuseEndedStatuses } from '../../../domain/paging/running-filters.ts'
import { messagesFor } from '../../identity/messages.ts'
import { whileWanted } from '../../protect/connection-shares.ts'
import { askedPage, filtersOf, sendPage, type ListOptions } from '../list-answer.ts'
import { EventListSchema, eventExample } from './schema.ts'
import { asOfExample, listParams, listResponse, pageExample, runningParams } from '../list-schema.ts'
import { hintOf } from '../hint.ts'
import { refuseUnknownStatuses } from '../status-filters.ts'
import { notModified, problemResponses } from '../../schemas/problem.ts'
import { EnumParam, IdParam, Many, Query, StatusParam, TextParam } from '../../schemas/values.ts'

const eventQuery = (maxPage: number) =>
  Query({
    invocationId: Many(IdParam('The events of this invocation')),
    name: Many(TextParam('Name of the event module')),
    status: Many(StatusParam(knownStatuses.event_executions, 'Of the event')),
    detected: Type.Unsafe<'true' | 'false' | 'any'>({
      ...EnumParam(
        ['true', 'false', 'any'],
        'true: those that were detected; false and any only together with invocationId or name',
      ),
      default: 'true',
    }),
    ...runningParams,
    ...listParams(maxPage, columnsOfEvent),
  })

/** GET /events: what was detected in a window, and every event of an invocation. */
export const events: FastifyPluginAsyncTypebox<ListOptions> = async (app, { db, maxPage, statuses, rules }) => {
  app.get(
    '/events',
    {
      schema: {
        operationId: 'listEvents',
        tags: ['events'],
        summary: 'Events, newest first',
        description:
          'invocationId searches all time; without it, the last 24 hours unless from, to or window say otherwise. stale=true and olderThan search all time too.',
        querystring: eventQuery(maxPage),
        response: {
          200: listResponse(EventListSchema, 'A page of events', {
            data: [eventExample],
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
      refuseUnknownStatuses({ status: { given: query.status, allowed: statuses.event_executions } })
      refuseUnboundedUndetected(query)
      refuseEndedStatuses(request.query, runningStatuses.ofEvents)
      const asked = askedPage(
        request,
        query.invocationId || asksForRunning(request.query) ? 'all-time' : 'last-24h',
        columnsOfEvent,
      )
      const wanted = whileWanted(db, request)
      const found = await readEvents(wanted, filtersOf(query), asked, messagesFor(request), rules)
      return sendPage(request, reply, found, await hintOf(wanted, request, found, { name: ['event'] }, rules))
    },
  )
}

/** Of 13 events checked 12 are not detected, and no index holds those in order of time. Throws Invalid. */
function refuseUnboundedUndetected({
  detected,
  invocationId,
  name,
}: {
  detected: string
  invocationId?: string[]
  name?: string[]
}): void {
  if (detected !== 'true' && invocationId === undefined && name === undefined)
    throw new Invalid('detected', detected, 'true, or given together with invocationId or name')
}
