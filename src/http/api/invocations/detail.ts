import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import type { Db } from '../../../db/db.ts'
import type { Redaction } from '../../../domain/privacy/redaction.ts'
import { stringify } from '../../../domain/privacy/raw-json.ts'
import { eventsUrl, restUrl, triggeredUrl } from '../../links.ts'
import { Problem } from '../../problems/problem.ts'
import { addPersonalOfInvocation, readInvocation, type InvocationDetail } from '../../../reading/details/invocation.ts'
import { unchanged } from '../../negotiate/etag.ts'
import { included, splitInclude } from '../../identity/include.ts'
import { messagesFor } from '../../identity/messages.ts'
import { whileWanted } from '../../protect/connection-shares.ts'
import { InvocationDetailSchema, invocationDetailExample } from '../details-schema.ts'
import { IncludeParam } from '../personal-schema.ts'
import { notModified, problemResponses } from '../../schemas/problem.ts'
import { FormatParam, IdParam, Query, Ref } from '../../schemas/values.ts'

const personalNames = {
  email: 'sourceUserEmail',
  payload: 'payload',
  context: 'context',
  options: 'options',
  results: 'result',
  stacks: 'errorStack',
} as const

const InvocationQuery = Query({
  include: IncludeParam(
    ['email', 'payload', 'context', 'events', 'jobs', 'options', 'results', 'stacks'],
    'More of it: all but events and jobs, which are always there, needs the scope read:payload. options and results are those of its jobs; stacks also those of its jobs and events',
  ),
  ...FormatParam,
})

/** GET /invocations/:id: one invocation with what is around it. */
export const invocationDetail: FastifyPluginAsyncTypebox<{ db: Db; redactions: readonly Redaction[] }> = async (
  app,
  { db, redactions },
) => {
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
    async (request, reply) => {
      const { fields, heldBack } = included(request, request.query.include ?? [], personalNames)
      const answer = await whileWanted(db, request).snapshot(async (snapshot) => {
        const found = await readInvocation(snapshot, request.params.id, messagesFor(request))
        if (!found) throw new Problem('not-found', `No invocation ${request.params.id}`)
        const { detail, state } = found
        request.rows = 1 + detail.events.data.length + detail.jobs.data.length + detail.triggered.data.length
        // Asked before the personal data is read: a payload may be 700 KB.
        if (unchanged(request, reply, JSON.stringify([fields, heldBack, redactions]) + state)) return undefined
        const whole = await addPersonalOfInvocation(snapshot, detail, fields, redactions)
        return { ...withHrefs(whole), redacted: [...heldBack, ...whole.redacted] }
      })
      // Not even the browser of those who may see it keeps personal data.
      if (fields.length > 0) void reply.header('cache-control', 'private, no-store')
      return answer ? reply.type('application/json; charset=utf-8').serializer(stringify).send(answer) : reply
    },
  )
}

function withHrefs<T extends Pick<InvocationDetail, 'id' | 'events' | 'jobs' | 'triggered'>>(detail: T) {
  const { id, events, jobs, triggered } = detail
  return {
    ...detail,
    events: { ...events, href: eventsUrl(id) },
    jobs: { ...jobs, href: restUrl({ of: 'jobs', invocationId: id, after: null }) },
    triggered: { ...triggered, href: triggeredUrl(id) },
  }
}
