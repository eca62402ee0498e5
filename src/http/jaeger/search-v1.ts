import { Readable } from 'node:stream'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type, type Static } from 'typebox'
import { addMs, instantOf } from '../../domain/instant.ts'
import { functionOf } from '../../domain/trace/names.ts'
import { searchTraces, tracesOf, type TraceSearch } from '../../reading/traces/search.ts'
import { jaegerTrace } from '../forms/jaeger-trace.ts'
import { messagesFor } from '../identity/messages.ts'
import { whileWanted } from '../protect/connection-shares.ts'
import { enveloped } from './envelope.ts'
import type { JaegerOptions } from './options.ts'
import { durationOf, idOf, LIMIT, OptionalText } from './parameters.ts'
import { criteriaOfTags, tagOfText, tagsOfJson } from './tags.ts'

const DAY = 86_400_000
/** Microseconds since 1970. */
const Micros = Type.Optional(
  Type.Integer({
    minimum: 0,
    maximum: Number.MAX_SAFE_INTEGER,
    'x-allowed': 'microseconds since 1970, a whole number',
  }),
)

const searchQuery = Type.Object({
  service: OptionalText,
  operation: OptionalText,
  start: Micros,
  end: Micros,
  limit: Type.Integer({ minimum: 1, maximum: LIMIT.most, default: LIMIT.default }),
  minDuration: OptionalText,
  maxDuration: OptionalText,
  tags: Type.Optional(Type.Array(Type.String({ maxLength: 5000 }), { maxItems: 100 })),
  tag: Type.Optional(Type.Array(Type.String({ maxLength: 5000 }), { maxItems: 100 })),
  traceID: Type.Optional(Type.Array(Type.String({ maxLength: 100 }), { maxItems: 100 })),
})

/** GET /jaeger/api/traces: the traces that have a span which matches, or those of some ids. */
export const searchV1: FastifyPluginAsyncTypebox<JaegerOptions> = async (app, { db, linkReader, rules }) => {
  app.get(
    '/jaeger/api/traces',
    { config: { heavy: true }, schema: { querystring: searchQuery } },
    async (request, reply) => {
      const reading = { linkReader, rules, messages: messagesFor(request) }
      const wanted = whileWanted(db, request)
      const { traceID } = request.query
      const { traces, complete } =
        traceID === undefined
          ? await searchTraces(wanted, reading, searchOf(request.query))
          : { traces: await tracesOf(wanted, reading, idsOf(traceID)), complete: true }
      const warnings = complete ? [] : ['The search was given up: too many spans match, and too few traces hold them.']
      const items = traces.map((trace) => jaegerTrace(trace, (spans) => (request.rows += spans)))
      return reply.type('application/json; charset=utf-8').send(Readable.from(enveloped(items, warnings)))
    },
  )
}

function idsOf(given: readonly string[]): string[] {
  return given.map((each) => idOf('traceID', each))
}

/** Without a window it is the last two days, as Jaeger has it. */
function searchOf(query: Static<typeof searchQuery>): TraceSearch {
  const { service, operation, start, end, limit, minDuration, maxDuration, tags = [], tag = [] } = query
  const to = end === undefined ? instantOf(Date.now()) : instantOfMicros(end)
  const from = start === undefined ? addMs(to, -2 * DAY) : instantOfMicros(start)
  return {
    criteria: {
      ...(given(service) ? { sourceFunction: functionOf(service) } : {}),
      ...(given(operation) ? { operation } : {}),
      least: durationOf('minDuration', minDuration),
      most: durationOf('maxDuration', maxDuration),
      ...criteriaOfTags([...tags.flatMap((each) => tagsOfJson('tags', each)), ...tag.map(tagOfText)]),
    },
    window: { from, to },
    limit,
  }
}

function given(text: string | undefined): text is string {
  return text !== undefined && text !== ''
}

function instantOfMicros(micros: number): string {
  return addMs('1970-01-01T00:00:00.000000Z', micros / 1000)
}
