import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import type { Db, Snapshot } from '../../../db/db.ts'
import { triggering } from '../../../domain/model/link.ts'
import { event } from '../../../domain/model/event.ts'
import { invocation } from '../../../domain/model/invocation.ts'
import { job } from '../../../domain/model/job.ts'
import { personalOf, type Shown } from '../../../domain/privacy/personal.ts'
import type { PersonalField } from '../../../domain/privacy/personal-field.ts'
import type { Redaction } from '../../../domain/privacy/redaction.ts'
import { restOf } from '../../../domain/paging/rest.ts'
import { stringify } from '../../../domain/privacy/raw-json.ts'
import { Problem } from '../../problems/problem.ts'
import { countsOf, eventsOf, jobsOf, triggeredByInvocation, triggeringOf } from '../../../queries/details.ts'
import { invocationById } from '../../../queries/invocations.ts'
import { personalOfEvents, personalOfInvocation, personalOfJobs } from '../../../queries/personal.ts'
import { unchanged } from '../../negotiate/etag.ts'
import { included, splitInclude } from '../../identity/include.ts'
import { whileWanted } from '../../protect/connection-shares.ts'
import { InvocationDetailSchema, invocationDetailExample, SHOWN } from '../details-schema.ts'
import { IncludeParam } from '../personal-schema.ts'
import { notModified, problemResponses } from '../../schemas/problem.ts'
import { FormatParam, IdParam, Query, Ref } from '../../schemas/values.ts'

const personalNames = { email: 'sourceUserEmail', payload: 'payload', context: 'context', options: 'options', results: 'result', stacks: 'errorStack' } as const

const InvocationQuery = Query({
  include: IncludeParam(['email', 'payload', 'context', 'events', 'jobs', 'options', 'results', 'stacks'], 'More of it: all but events and jobs, which are always there, needs the scope read:payload. options and results are those of its jobs; stacks also those of its jobs and events'),
  ...FormatParam,
})

/** GET /invocations/:id: one invocation with what is around it. */
export const invocationDetail: FastifyPluginAsyncTypebox<{ db: Db; redactions: readonly Redaction[] }> = async (app, { db, redactions }) => {
  app.get('/invocations/:id', {
    preValidation: splitInclude,
    schema: {
      operationId: 'getInvocation', tags: ['invocations'], summary: 'One invocation: its events and jobs, what triggered it, what it triggered',
      params: Type.Object({ id: IdParam('An invocation') }),
      querystring: InvocationQuery,
      response: {
        200: { description: 'The invocation', content: { 'application/json': { schema: Ref(InvocationDetailSchema), example: invocationDetailExample } } },
        ...notModified,
        ...problemResponses('not-found'),
      },
    },
  }, async (request, reply) => {
    const { fields, heldBack } = included(request, request.query.include ?? [], personalNames)
    const answer = await whileWanted(db, request).snapshot(async (snapshot) => {
      const { answer, shown } = await detail(snapshot, request.params.id)
      request.rows = 1 + answer.events.data.length + answer.jobs.data.length + answer.triggered.data.length
      const more = [answer.triggeredBy, answer.events.count, answer.events.detected, answer.jobs.count, answer.triggered.count, fields, heldBack, redactions]
      // Asked before the personal data is read: a payload may be 700 KB.
      return unchanged(request, reply, shown, JSON.stringify(more)) ? undefined : withPersonal(snapshot, answer, fields, heldBack, redactions)
    })
    // Not even the browser of those who may see it keeps personal data.
    if (fields.length > 0) void reply.header('cache-control', 'private, no-store')
    return answer ? reply.type('application/json; charset=utf-8').serializer(stringify).send(answer) : reply
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

async function withPersonal(db: Snapshot, answer: Awaited<ReturnType<typeof detail>>['answer'], fields: readonly PersonalField[], heldBack: readonly string[], redactions: readonly Redaction[]) {
  const { events, jobs } = answer
  const { of, redacted } = personalOf([
    ...await personalOfInvocation(db, answer.id, fields),
    ...await personalOfEvents(db, events.data.map(({ id }) => id), fields),
    ...await personalOfJobs(db, jobs.data.map(({ id }) => id), fields),
  ], redactions)
  const complete = <T extends { id: string }>(row: T): T & Shown => ({ ...row, ...of(row.id) })
  return { ...complete(answer), redacted: [...heldBack, ...redacted], events: { ...events, data: events.data.map(complete) }, jobs: { ...jobs, data: jobs.data.map(complete) } }
}
