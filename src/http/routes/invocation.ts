import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import type { Db, Snapshot } from '../../db/db.ts'
import { triggering } from '../../domain/chain.ts'
import { event } from '../../domain/event.ts'
import { invocation } from '../../domain/invocation.ts'
import { job } from '../../domain/job.ts'
import { restOf } from '../../domain/rest.ts'
import { Problem } from '../../errors.ts'
import { countsOf, eventsOf, jobsOf, triggeredByInvocation, triggeringOf } from '../../queries/details.ts'
import { invocationById } from '../../queries/invocations.ts'
import { unchanged } from '../plugins/conditional.ts'
import { left } from '../plugins/leaving.ts'
import { InvocationDetailSchema, invocationDetailExample, SHOWN } from '../schemas/details.ts'
import { notModified, problemResponses } from '../schemas/problem.ts'
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
        ...notModified,
        ...problemResponses('not-found'),
      },
    },
  }, async (request, reply) => {
    const { answer, shown } = await db.snapshot((snapshot) => detail(snapshot, request.params.id), left(reply).signal)
    request.rows = 1 + answer.events.data.length + answer.jobs.data.length + answer.triggered.data.length
    return unchanged(request, reply, shown, JSON.stringify([answer.triggeredBy, answer.events.count, answer.jobs.count, answer.triggered.count])) ? reply : answer
  })
}

async function detail(db: Snapshot, id: string) {
  const [row] = await invocationById(db, id)
  if (!row) throw new Problem('not-found', `No invocation ${id}`)
  const [by] = await triggeringOf(db, id)
  const counts = await countsOf(db, id)
  const events = await eventsOf(db, id, SHOWN)
  const jobs = await jobsOf(db, id, SHOWN)
  const triggered = await triggeredByInvocation(db, id, SHOWN)
  const own = invocation(row)
  const answer = {
    ...own,
    triggeredBy: by ? triggering(by) : null,
    events: { count: counts.events, detected: counts.detected, data: events.map(event), href: `/trees/${row.id}?include=events&maxDepth=0` },
    jobs: { ...own.jobs, count: counts.jobs, data: jobs.map(job), href: restOf('/jobs', 'invocationId', row.id, null) },
    triggered: { count: counts.triggered, data: triggered.map(invocation), href: `/trees/${row.id}?maxDepth=1` },
  }
  return { answer, shown: [row, ...events, ...jobs, ...triggered] }
}
