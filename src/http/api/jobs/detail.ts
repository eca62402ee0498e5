import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import type { Db, Snapshot } from '../../../db/db.ts'
import { event } from '../../../domain/model/event.ts'
import { invocation } from '../../../domain/model/invocation.ts'
import { job } from '../../../domain/model/job.ts'
import { personalOf } from '../../../domain/privacy/personal.ts'
import type { Redaction } from '../../../domain/privacy/redaction.ts'
import { restOf } from '../../../domain/paging/rest.ts'
import { stringify } from '../../../domain/privacy/raw-json.ts'
import { Problem } from '../../problems/problem.ts'
import { eventById, triggeredByJob, triggeredCount } from '../../../queries/details.ts'
import { invocationById } from '../../../queries/invocations.ts'
import { jobById } from '../../../queries/jobs.ts'
import { personalOfJob } from '../../../queries/personal.ts'
import { unchanged } from '../../negotiate/etag.ts'
import { included, splitInclude } from '../../identity/include.ts'
import { whileWanted } from '../../protect/connection-shares.ts'
import { JobDetailSchema, jobDetailExample, SHOWN } from '../details-schema.ts'
import { IncludeParam } from '../personal-schema.ts'
import { notModified, problemResponses } from '../../schemas/problem.ts'
import { FormatParam, IdParam, Query, Ref } from '../../schemas/values.ts'

const personalNames = { options: 'options', result: 'result', stack: 'errorStack' } as const

const JobQuery = Query({
  include: IncludeParam(['options', 'result', 'stack'], 'More of it, which needs the scope read:payload'),
  ...FormatParam,
})

/** GET /jobs/:id: one job with what is around it. */
export const jobDetail: FastifyPluginAsyncTypebox<{ db: Db; redactions: readonly Redaction[] }> = async (app, { db, redactions }) => {
  app.get('/jobs/:id', {
    preValidation: splitInclude,
    schema: {
      operationId: 'getJob', tags: ['jobs'], summary: 'One job: its invocation and event, what it triggered',
      params: Type.Object({ id: IdParam('A job') }),
      querystring: JobQuery,
      response: {
        200: { description: 'The job', content: { 'application/json': { schema: Ref(JobDetailSchema), example: jobDetailExample } } },
        ...notModified,
        ...problemResponses('not-found'),
      },
    },
  }, async (request, reply) => {
    const { fields, heldBack } = included(request, request.query.include ?? [], personalNames)
    const answer = await whileWanted(db, request).snapshot(async (snapshot) => {
      const { answer, shown } = await detail(snapshot, request.params.id)
      request.rows = 1 + answer.triggered.data.length
      if (unchanged(request, reply, shown, JSON.stringify([answer.triggered.count, fields, heldBack, redactions]))) return undefined
      const { of, redacted } = personalOf(await personalOfJob(snapshot, answer.id, fields), redactions)
      return { ...answer, ...of(answer.id), redacted: [...heldBack, ...redacted] }
    })
    // Not even the browser of those who may see it keeps personal data.
    if (fields.length > 0) void reply.header('cache-control', 'private, no-store')
    return answer ? reply.type('application/json; charset=utf-8').serializer(stringify).send(answer) : reply
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
