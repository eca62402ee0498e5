import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import type { Db, Snapshot } from '../../db/db.ts'
import { event } from '../../domain/event.ts'
import { invocation } from '../../domain/invocation.ts'
import { job } from '../../domain/job.ts'
import { restOf } from '../../domain/rest.ts'
import { Problem } from '../../errors.ts'
import { eventById, triggeredByJob, triggeredCount } from '../../queries/details.ts'
import { invocationById } from '../../queries/invocations.ts'
import { jobById } from '../../queries/jobs.ts'
import { unchanged } from '../plugins/conditional.ts'
import { left } from '../plugins/leaving.ts'
import { JobDetailSchema, jobDetailExample, SHOWN } from '../schemas/details.ts'
import { notModified, problemResponses } from '../schemas/problem.ts'
import { FormatParam, IdParam, Ref } from '../schemas/values.ts'

/** GET /jobs/:id: one job with what is around it. */
export const jobDetail: FastifyPluginAsyncTypebox<{ db: Db }> = async (app, { db }) => {
  app.get('/jobs/:id', {
    schema: {
      operationId: 'getJob', tags: ['jobs'], summary: 'One job: its invocation and event, what it triggered',
      params: Type.Object({ id: IdParam('A job') }),
      querystring: Type.Object(FormatParam, { additionalProperties: false }),
      response: {
        200: { description: 'The job', content: { 'application/json': { schema: Ref(JobDetailSchema), example: jobDetailExample } } },
        ...notModified,
        ...problemResponses('not-found'),
      },
    },
  }, async (request, reply) => {
    const { answer, shown } = await db.snapshot((snapshot) => detail(snapshot, request.params.id), left(reply).signal)
    request.rows = 1 + answer.triggered.data.length
    return unchanged(request, reply, shown, String(answer.triggered.count)) ? reply : answer
  })
}

async function detail(db: Snapshot, id: string) {
  const [row] = await jobById(db, id)
  const [parent] = row ? await invocationById(db, row.invocationId) : []
  if (!row || !parent) throw new Problem('not-found', `No job ${id}`)
  const [cause] = await eventById(db, row.eventExecutionId)
  const triggered = await triggeredByJob(db, id, SHOWN)
  const { id: invocationId, sourceFunction, status, createdAt } = invocation(parent)
  const answer = {
    ...job(row),
    invocation: { id: invocationId, sourceFunction, status, createdAt },
    event: cause ? event(cause) : null,
    triggered: { count: await triggeredCount(db, id), data: triggered.map(invocation), href: restOf('/invocations', 'sourceJobId', row.id, null) },
  }
  return { answer, shown: [row, parent, ...(cause ? [cause] : []), ...triggered] }
}
