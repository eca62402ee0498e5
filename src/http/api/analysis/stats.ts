import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { StatsKind } from '../../../domain/analysis/stats.ts'
import { readStats, statsFigures } from '../../../reading/analysis/stats.ts'
import { whileWanted } from '../../protect/connection-shares.ts'
import { notModified, problemResponses } from '../../schemas/problem.ts'
import { Many, Query, TextParam } from '../../schemas/values.ts'
import { hintOf } from '../hint.ts'
import { listResponse } from '../list-schema.ts'
import { askedFigures, sendFigures, type FiguresOptions } from './figures-answer.ts'
import { CompareParam, figuresParams, seriesParams } from './figures-schema.ts'
import { StatsListSchema, statsExample } from './stats-schema.ts'

const statsQuery = (maxPage: number) =>
  Query({
    name: Many(TextParam('Name of the job, the function or the event')),
    ...CompareParam,
    ...seriesParams,
    ...figuresParams(maxPage, Object.keys(statsFigures), '-runs'),
  })

const operations: Array<{ kind: StatsKind; path: string; operationId: string; what: string; window: string }> = [
  { kind: 'job', path: '/jobs/stats', operationId: 'getJobStats', what: 'jobs', window: 'the job began' },
  {
    kind: 'function',
    path: '/functions/stats',
    operationId: 'getFunctionStats',
    what: 'functions',
    window: 'the invocation began',
  },
  {
    kind: 'event',
    path: '/events/stats',
    operationId: 'getEventStats',
    what: 'events',
    window: 'their invocation began',
  },
]

/** GET /jobs/stats, /functions/stats and /events/stats: how often each ran, how it came out, how long it took, and what is stuck. */
export const stats: FastifyPluginAsyncTypebox<FiguresOptions> = async (app, { db, maxPage, lookAtLinks, rules }) => {
  for (const { kind, path, operationId, what, window } of operations)
    app.get(
      path,
      {
        config: { heavy: true },
        schema: {
          operationId,
          tags: ['analysis'],
          summary: `How often ${what} ran, how they came out, and how long they took`,
          description: `Runs belong to the window in which ${window}; the last 24 hours unless from, to or window say otherwise. Full hours may have been counted before (page.rollups); where the rest takes longer than 2 s the newest rows alone are counted (page.sampled).`,
          querystring: statsQuery(maxPage),
          response: {
            200: listResponse(StatsListSchema, `A page of ${what}`, statsExample),
            ...notModified,
            ...problemResponses(),
          },
        },
      },
      async (request, reply) => {
        const { name, compareTo, bucket, timeZone } = request.query
        const query = { name, compareTo, bucket, timeZone }
        const found = await readStats(whileWanted(db, request), kind, askedFigures(request), query, rules)
        return sendFigures(
          request,
          reply,
          found,
          lookAtLinks,
          await hintOf(whileWanted(db, request), request, found, { name: [kind] }, rules),
        )
      },
    )
}
