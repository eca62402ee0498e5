import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type, type Static } from 'typebox'
import { INSTANT_ALLOWED, parseInstant } from '../../domain/instant.ts'
import { Invalid } from '../../domain/invalid.ts'
import { functionOf } from '../../domain/trace/names.ts'
import { searchTraces, type TraceSearch } from '../../reading/traces/search.ts'
import { traceSummary } from '../forms/trace-summary.ts'
import { messagesFor } from '../identity/messages.ts'
import { whileWanted } from '../protect/connection-shares.ts'
import type { JaegerOptions } from './options.ts'
import { durationOf, LIMIT, OptionalText } from './parameters.ts'
import { criteriaOfTags, tagsOfJson } from './tags.ts'

const Depth = Type.Optional(Type.Integer({ minimum: 1, maximum: LIMIT.most }))

/** Jaeger takes both spellings of each name. */
const summariesQuery = Type.Object({
  'query.serviceName': OptionalText,
  'query.service_name': OptionalText,
  'query.operationName': OptionalText,
  'query.operation_name': OptionalText,
  'query.startTimeMin': OptionalText,
  'query.start_time_min': OptionalText,
  'query.startTimeMax': OptionalText,
  'query.start_time_max': OptionalText,
  'query.durationMin': OptionalText,
  'query.duration_min': OptionalText,
  'query.durationMax': OptionalText,
  'query.duration_max': OptionalText,
  'query.searchDepth': Depth,
  'query.search_depth': Depth,
  'query.attributes': Type.Optional(Type.String({ maxLength: 5000 })),
})

type Asked = Static<typeof summariesQuery>

/** GET /jaeger/api/v3/trace-summaries: what the list of a search shows of each trace. */
export const summariesV3: FastifyPluginAsyncTypebox<JaegerOptions> = async (app, { db, linkReader, rules }) => {
  app.get(
    '/jaeger/api/v3/trace-summaries',
    { config: { heavy: true }, schema: { querystring: summariesQuery } },
    async (request) => {
      const reading = { linkReader, rules, messages: messagesFor(request) }
      const { traces } = await searchTraces(whileWanted(db, request), reading, searchOf(request.query))
      request.rows = traces.length
      return { summaries: traces.map(traceSummary) }
    },
  )
}

function searchOf(query: Asked): TraceSearch {
  const service = text(query['query.serviceName'], query['query.service_name'])
  const operation = text(query['query.operationName'], query['query.operation_name'])
  return {
    criteria: {
      ...(service === undefined ? {} : { sourceFunction: functionOf(service) }),
      ...(operation === undefined ? {} : { operation }),
      least: durationOf('query.durationMin', text(query['query.durationMin'], query['query.duration_min'])),
      most: durationOf('query.durationMax', text(query['query.durationMax'], query['query.duration_max'])),
      ...criteriaOfTags(tagsOfJson('query.attributes', query['query.attributes'] ?? '')),
    },
    window: {
      from: time('query.startTimeMin', text(query['query.startTimeMin'], query['query.start_time_min'])),
      to: time('query.startTimeMax', text(query['query.startTimeMax'], query['query.start_time_max'])),
    },
    limit: query['query.searchDepth'] ?? query['query.search_depth'] ?? LIMIT.default,
  }
}

/** The first that says something. */
function text(...given: ReadonlyArray<string | undefined>): string | undefined {
  return given.find((each) => each !== undefined && each !== '')
}

function time(parameter: string, given: string | undefined): string {
  const at = given === undefined ? undefined : parseInstant(given)
  if (at === undefined) throw new Invalid(parameter, given ?? null, `given: ${INSTANT_ALLOWED}`)
  return at
}
