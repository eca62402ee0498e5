import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { addMs, instantOf } from '../../domain/instant.ts'
import { readCalls } from '../../reading/traces/calls.ts'
import { whileWanted } from '../protect/connection-shares.ts'
import { envelope } from './envelope.ts'
import type { JaegerOptions } from './options.ts'

const DAY = 86_400_000
/** The last ms that a JS Date knows. */
const LAST_MS = 8_640_000_000_000_000

const callsQuery = Type.Object({
  endTs: Type.Optional(
    Type.Integer({ minimum: 0, maximum: LAST_MS, 'x-allowed': 'milliseconds since 1970, a whole number' }),
  ),
  lookback: Type.Integer({ minimum: 1, maximum: LAST_MS, default: DAY, 'x-allowed': 'milliseconds, a whole number' }),
})

/** GET /jaeger/api/dependencies: how often invocations of one service led to invocations of another, in the last 24 hours unless told. */
export const callsV1: FastifyPluginAsyncTypebox<JaegerOptions> = async (app, { db, rules }) => {
  app.get(
    '/jaeger/api/dependencies',
    { config: { heavy: true }, schema: { querystring: callsQuery } },
    async (request) => {
      const { endTs, lookback } = request.query
      const to = endTs === undefined ? instantOf(Date.now()) : instantOf(endTs)
      const { calls, warnings } = await readCalls(whileWanted(db, request), { from: addMs(to, -lookback), to }, rules)
      request.rows = calls.length
      return envelope(calls, warnings)
    },
  )
}
