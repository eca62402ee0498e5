import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { jobsOfEventUrl } from '../../links.ts'
import { addPersonalOfEvent, readEvent } from '../../../reading/details/event.ts'
import { splitInclude } from '../../identity/include.ts'
import { detailAnswer, type DetailOptions } from './answer.ts'
import { eventDetailExample } from './examples.ts'
import { EventDetailSchema } from './schema.ts'
import { IncludeParam } from '../personal-schema.ts'
import { notModified, problemResponses } from '../../schemas/problem.ts'
import { FormatParam, IdParam, Query, Ref } from '../../schemas/values.ts'

const sendEvent = detailAnswer({
  kind: 'event',
  personal: { stack: 'errorStack' },
  read: readEvent,
  rowsOf: ({ jobs }) => 1 + jobs.data.length,
  async complete(...asked) {
    const { jobs, ...event } = await addPersonalOfEvent(...asked)
    return { ...event, jobs: { ...jobs, href: jobsOfEventUrl(event.id) } }
  },
})

const EventQuery = Query({
  include: IncludeParam(['stack'], 'More of it, which needs the scope read:payload'),
  ...FormatParam,
})

/** GET /events/:id: one event with what is around it. */
export const eventDetail: FastifyPluginAsyncTypebox<DetailOptions> = async (app, options) => {
  app.get(
    '/events/:id',
    {
      preValidation: splitInclude,
      schema: {
        operationId: 'getEvent',
        tags: ['events'],
        summary: 'One event: its invocation, and the jobs that its handler ran',
        params: Type.Object({ id: IdParam('An event') }),
        querystring: EventQuery,
        response: {
          200: {
            description: 'The event',
            content: { 'application/json': { schema: Ref(EventDetailSchema), example: eventDetailExample } },
          },
          ...notModified,
          ...problemResponses('not-found'),
        },
      },
    },
    (request, reply) => sendEvent(request, reply, options),
  )
}
