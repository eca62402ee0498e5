import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { eventsUrl, restUrl, triggeredUrl } from '../../links.ts'
import { addPersonalOfInvocation, readInvocation } from '../../../reading/details/invocation.ts'
import type { LinkReader } from '../../../reading/links/link.ts'
import { splitInclude } from '../../identity/include.ts'
import { detailAnswer, type DetailOptions } from './answer.ts'
import { invocationDetailExample } from './examples.ts'
import { InvocationDetailSchema } from './schema.ts'
import { IncludeParam } from '../personal-schema.ts'
import { notModified, problemResponses } from '../../schemas/problem.ts'
import { FormatParam, IdParam, Query, Ref } from '../../schemas/values.ts'

/** What answers this detail; `linkReader` tells what triggered it. */
function invocationAnswer(linkReader: LinkReader) {
  return detailAnswer({
    kind: 'invocation',
    personal: {
      email: 'sourceUserEmail',
      payload: 'payload',
      context: 'context',
      options: 'options',
      results: 'result',
      stacks: 'errorStack',
    },
    read: (snapshot, id, messages, rules) => readInvocation(snapshot, linkReader, id, messages, rules),
    rowsOf: ({ events, jobs, triggered }) => 1 + events.data.length + jobs.data.length + triggered.data.length,
    async complete(...asked) {
      const { events, jobs, triggered, ...invocation } = await addPersonalOfInvocation(...asked)
      const { id } = invocation
      return {
        ...invocation,
        events: { ...events, href: eventsUrl(id) },
        jobs: { ...jobs, href: restUrl({ of: 'jobs', invocationId: id, after: null }) },
        triggered: { ...triggered, href: triggeredUrl(id) },
      }
    },
  })
}

const InvocationQuery = Query({
  include: IncludeParam(
    ['email', 'payload', 'context', 'events', 'jobs', 'options', 'results', 'stacks'],
    'More of it: all but events and jobs, which are always there, needs the scope read:payload. options and results are those of its jobs; stacks also those of its jobs and events',
  ),
  ...FormatParam,
})

interface InvocationOptions extends DetailOptions {
  linkReader: LinkReader
}

/** GET /invocations/:id: one invocation with what is around it. */
export const invocationDetail: FastifyPluginAsyncTypebox<InvocationOptions> = async (
  app,
  { linkReader, ...options },
) => {
  const sendInvocation = invocationAnswer(linkReader)
  app.get(
    '/invocations/:id',
    {
      preValidation: splitInclude,
      schema: {
        operationId: 'getInvocation',
        tags: ['invocations'],
        summary: 'One invocation: its events and jobs, what triggered it, what it triggered',
        params: Type.Object({ id: IdParam('An invocation') }),
        querystring: InvocationQuery,
        response: {
          200: {
            description: 'The invocation',
            content: { 'application/json': { schema: Ref(InvocationDetailSchema), example: invocationDetailExample } },
          },
          ...notModified,
          ...problemResponses('not-found'),
        },
      },
    },
    (request, reply) => sendInvocation(request, reply, options),
  )
}
