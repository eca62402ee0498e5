import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import type { Db } from '../../db/db.ts'
import { ping } from '../../queries/health.ts'
import { problemResponses } from '../schemas/problem.ts'
import { FormatParam } from '../schemas/values.ts'

const Health = Type.Object({ status: Type.Literal('ok') })
const HealthQuery = Type.Object(FormatParam, { additionalProperties: false })
const ok = { status: 'ok' as const }
const healthy = (description: string) => ({ description, content: { 'application/json': { schema: Health, example: ok } } })

/** GET /health/live: the process answers. GET /health/ready: so does the database; while starting or stopping it is 503. */
export const health: FastifyPluginAsyncTypebox<{ db: Db }> = async (app, { db }) => {
  app.get('/health/live', {
    schema: { operationId: 'isLive', tags: ['service'], summary: 'Does the process answer?', querystring: HealthQuery, response: { 200: healthy('It does'), ...problemResponses() } },
  }, () => ok)

  app.get('/health/ready', {
    schema: { operationId: 'isReady', tags: ['service'], summary: 'Can it answer from the database?', querystring: HealthQuery, response: { 200: healthy('It can'), ...problemResponses() } },
  }, async () => {
    await ping(db)
    return ok
  })
}
