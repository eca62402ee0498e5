import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import type { Db, Snapshot } from '../../db/db.ts'
import { triggering } from '../../domain/chain.ts'
import { event } from '../../domain/event.ts'
import { invocation } from '../../domain/invocation.ts'
import { job } from '../../domain/job.ts'
import { restOf } from '../../domain/tree-row.ts'
import { Problem } from '../../errors.ts'
import { countsOf, eventsOf, jobsOf, triggeredByInvocation, triggeringOf } from '../../queries/details.ts'
import { invocationById } from '../../queries/invocations.ts'
import { left } from '../plugins/leaving.ts'
import { InvocationDetailSchema, invocationDetailExample, SHOWN } from '../schemas/details.ts'
import { problemResponses } from '../schemas/problem.ts'
import { FormatParam, IdParam, Ref } from '../schemas/values.ts'

/** GET /invocations/:id: one invocation with what is around it. */
export const invocationDetail: FastifyPluginAsyncTypebox<{ db: Db }> = async (app, { db }) => {
  app.get('/invocations/:id', {
    schema: {
      operationId: 'getInvocation', tags: ['invocations'], summary: 'One invocation: its events and jobs, what triggered it, what it triggered',
      params: Type.Object({ id: IdParam('An invocation') }),
      querystring: Type.Object(FormatParam, { additionalProperties: false }),
      response: {
        200: { description: 'The invocation', content: { 'application/json': { schema: Ref(InvocationDetailSchema), example: invocationDetailExample } } },
        ...problemResponses('not-found'),
      },
    },
  }, async (request, reply) => {
    const answer = await db.snapshot((snapshot) => detail(snapshot, request.params.id), left(reply).signal)
    request.rows = 1 + answer.events.data.length + answer.jobs.data.length + answer.triggered.data.length
    return answer
  })
}

async function detail(db: Snapshot, id: string) {
  const [row] = await invocationById(db, id)
  if (!row) throw new Problem('not-found', `No invocation ${id}`)
  const [by] = await triggeringOf(db, id)
  const counts = await countsOf(db, id)
  const events = (await eventsOf(db, id, SHOWN)).map(event)
  const jobs = (await jobsOf(db, id, SHOWN)).map(job)
  const triggered = (await triggeredByInvocation(db, id, SHOWN)).map(invocation)
  const shown = invocation(row)
  return {
    ...shown,
    triggeredBy: by ? triggering(by) : null,
    events: { count: counts.events, detected: counts.detected, data: events },
    jobs: { ...shown.jobs, count: counts.jobs, data: jobs, href: restOf('/jobs', 'invocationId', row.id, null) },
    triggered: { count: counts.triggered, data: triggered, href: `/trees/${row.id}` },
  }
}
