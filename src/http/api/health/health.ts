import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Problem } from '../../problems/problem.ts'
import { body, TYPE } from '../../problems/answer.ts'
import { readiness, type Looked, type Readiness } from './readiness.ts'
import { LiveSchema, ReadySchema } from '../service-schema.ts'
import { problemResponses } from '../../schemas/problem.ts'
import { FormatParam, Query, Ref } from '../../schemas/values.ts'

const HealthQuery = Query(FormatParam)
const ok = { status: 'ok' as const }
/** For whoever watches the service: needs no key, and is answered while it starts and whatever it has to do. */
const config = { scope: null, duringStart: true, unlimited: true } as const

const exampleReady = {
  ...ok,
  checks: {
    service: { ok: true, detail: 'The service is ready' },
    database: { ok: true, detail: 'The database answers' },
    schema: { ok: true, detail: 'Every table and column that this build reads is there' },
  },
  warnings: [],
}

/** GET /health/live: the process answers. GET /health/ready: it can answer from the database, or why not. */
export const health: FastifyPluginAsyncTypebox<Looked> = async (app, looked) => {
  const look = readiness(looked, app.stage)
  app.get(
    '/health/live',
    {
      config,
      schema: {
        operationId: 'isLive',
        tags: ['service'],
        summary: 'Does the process answer?',
        querystring: HealthQuery,
        response: {
          200: { description: 'It does', content: { 'application/json': { schema: Ref(LiveSchema), example: ok } } },
          ...problemResponses(),
        },
      },
    },
    () => ok,
  )

  app.get(
    '/health/ready',
    {
      config,
      schema: {
        operationId: 'isReady',
        tags: ['service'],
        summary: 'Can it answer from the database?',
        querystring: HealthQuery,
        response: {
          200: {
            description: 'It can',
            content: { 'application/json': { schema: Ref(ReadySchema), example: exampleReady } },
          },
          ...problemResponses(),
        },
      },
    },
    async (request, reply) => {
      const { ready, checks, cause } = await look()
      const lost = looked.lost.last()
      if (ready) return { status: 'ok' as const, checks, warnings: lost === undefined ? [] : [lost] }
      return sendNotReady(request, reply, { ready, checks, cause })
    },
  )
}

/** 503 as everywhere, and each check with what is wrong. */
function sendNotReady(request: FastifyRequest, reply: FastifyReply, { checks, cause }: Readiness): FastifyReply {
  const { detail } = Object.values(checks).find(({ ok }) => ok === false) ?? checks.service
  const problem = new Problem('unavailable', detail)
  if (cause !== undefined) request.log.error({ err: cause, problem: problem.problem }, detail)
  return reply
    .code(503)
    .header('retry-after', String(problem.retryAfter))
    .type(TYPE)
    .serializer(JSON.stringify)
    .send({ ...body(problem, request.id), checks })
}
