import { Readable } from 'node:stream'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Trace } from '../../domain/trace/span.ts'
import { addStacks } from '../../reading/traces/stacks.ts'
import { readTrace } from '../../reading/traces/trace.ts'
import { jaegerTrace } from '../forms/jaeger-trace.ts'
import { otlpTrace } from '../forms/otlp-trace.ts'
import { messagesFor } from '../identity/messages.ts'
import { noTree } from '../problems/not-found.ts'
import { whileWanted } from '../protect/connection-shares.ts'
import { enveloped } from './envelope.ts'
import type { JaegerOptions } from './options.ts'
import { idOf, TraceIdParams } from './parameters.ts'

const route = { config: { heavy: true }, schema: { params: TraceIdParams } }

/** GET /jaeger/api/traces/:traceId: the trace in which an invocation or a job stands, written piece by piece. `start` and `end` are ignored: clients disagree about their unit. */
export const traceV1: FastifyPluginAsyncTypebox<JaegerOptions> = async (app, options) => {
  app.get('/jaeger/api/traces/:traceId', route, async (request, reply) => {
    const trace = await traceFor(request, reply, request.params, options)
    const pieces = jaegerTrace(trace, (spans) => (request.rows += spans))
    return reply.type('application/json; charset=utf-8').send(Readable.from(enveloped([pieces])))
  })
}

/** The same as OTLP/JSON, version 3. */
export const traceV3: FastifyPluginAsyncTypebox<JaegerOptions> = async (app, options) => {
  app.get('/jaeger/api/v3/traces/:traceId', route, async (request, reply) => {
    const trace = await traceFor(request, reply, request.params, options)
    return { result: otlpTrace(trace) }
  })
}

async function traceFor(
  request: FastifyRequest,
  reply: FastifyReply,
  { traceId }: TraceIdParams,
  { db, linkReader, rules, redactions }: JaegerOptions,
): Promise<Trace> {
  const id = idOf('traceId', traceId)
  const wanted = whileWanted(db, request)
  const trace = await readTrace(wanted, { linkReader, rules, messages: messagesFor(request) }, id)
  if (trace === undefined) throw noTree(id)
  if (!request.access.scopes.has('read:payload')) return trace
  const spans = Array.from(trace.spans)
  await addStacks(wanted, spans, redactions)
  request.personal = ['errorStack']
  void reply.header('cache-control', 'private, no-store')
  return { ...trace, spans }
}
