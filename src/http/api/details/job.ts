import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { restUrl } from '../../links.ts'
import { addPersonalOfJob, readJob } from '../../../reading/details/job.ts'
import { splitInclude } from '../../identity/include.ts'
import { detailAnswer, type DetailOptions } from './answer.ts'
import { jobDetailExample } from './examples.ts'
import { JobDetailSchema } from './schema.ts'
import { IncludeParam } from '../personal-schema.ts'
import { notModified, problemResponses } from '../../schemas/problem.ts'
import { FormatParam, IdParam, Query, Ref } from '../../schemas/values.ts'

const sendJob = detailAnswer({
  kind: 'job',
  personal: { options: 'options', result: 'result', stack: 'errorStack' },
  read: readJob,
  rowsOf: ({ triggered }) => 1 + triggered.data.length,
  async complete(...asked) {
    const { triggered, ...job } = await addPersonalOfJob(...asked)
    return { ...job, triggered: { ...triggered, href: restUrl({ of: 'triggered', jobId: job.id, after: null }) } }
  },
})

const JobQuery = Query({
  include: IncludeParam(['options', 'result', 'stack'], 'More of it, which needs the scope read:payload'),
  ...FormatParam,
})

/** GET /jobs/:id: one job with what is around it. */
export const jobDetail: FastifyPluginAsyncTypebox<DetailOptions> = async (app, options) => {
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
    (request, reply) => sendJob(request, reply, options),
  )
}
