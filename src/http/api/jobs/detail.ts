import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import type { Db } from '../../../db/db.ts'
import type { Redaction } from '../../../domain/privacy/redaction.ts'
import { stringify } from '../../../domain/privacy/raw-json.ts'
import { restUrl } from '../../links.ts'
import { Problem } from '../../problems/problem.ts'
import { addPersonalOfJob, readJob } from '../../../reading/details/job.ts'
import { unchanged } from '../../negotiate/etag.ts'
import { included, splitInclude } from '../../identity/include.ts'
import { messagesFor } from '../../identity/messages.ts'
import { whileWanted } from '../../protect/connection-shares.ts'
import { JobDetailSchema, jobDetailExample } from '../details-schema.ts'
import { IncludeParam } from '../personal-schema.ts'
import { notModified, problemResponses } from '../../schemas/problem.ts'
import { FormatParam, IdParam, Query, Ref } from '../../schemas/values.ts'

const personalNames = { options: 'options', result: 'result', stack: 'errorStack' } as const

const JobQuery = Query({
  include: IncludeParam(['options', 'result', 'stack'], 'More of it, which needs the scope read:payload'),
  ...FormatParam,
})

/** GET /jobs/:id: one job with what is around it. */
export const jobDetail: FastifyPluginAsyncTypebox<{ db: Db; redactions: readonly Redaction[] }> = async (
  app,
  { db, redactions },
) => {
  app.get(
    '/jobs/:id',
    {
      preValidation: splitInclude,
      schema: {
        operationId: 'getJob',
        tags: ['jobs'],
        summary: 'One job: its invocation and event, what it triggered',
        params: Type.Object({ id: IdParam('A job') }),
        querystring: JobQuery,
        response: {
          200: {
            description: 'The job',
            content: { 'application/json': { schema: Ref(JobDetailSchema), example: jobDetailExample } },
          },
          ...notModified,
          ...problemResponses('not-found'),
        },
      },
    },
    async (request, reply) => {
      const { fields, heldBack } = included(request, request.query.include ?? [], personalNames)
      const answer = await whileWanted(db, request).snapshot(async (snapshot) => {
        const found = await readJob(snapshot, request.params.id, messagesFor(request))
        if (!found) throw new Problem('not-found', `No job ${request.params.id}`)
        const { detail, state } = found
        request.rows = 1 + detail.triggered.data.length
        // Asked before the personal data is read: a result may be large.
        if (unchanged(request, reply, JSON.stringify([fields, heldBack, redactions]) + state)) return undefined
        const { redacted, triggered, ...job } = await addPersonalOfJob(snapshot, detail, fields, redactions)
        return {
          ...job,
          triggered: { ...triggered, href: restUrl({ of: 'triggered', jobId: job.id, after: null }) },
          redacted: [...heldBack, ...redacted],
        }
      })
      // Not even the browser of those who may see it keeps personal data.
      if (fields.length > 0) void reply.header('cache-control', 'private, no-store')
      return answer ? reply.type('application/json; charset=utf-8').serializer(stringify).send(answer) : reply
    },
  )
}
