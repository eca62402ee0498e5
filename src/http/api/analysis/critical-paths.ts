import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { costFigures, readCriticalPaths } from '../../../reading/analysis/critical-paths.ts'
import { criticalPathsText } from '../../forms/critical-paths-text.ts'
import { criticalPathUrl } from '../../links.ts'
import { whileWanted } from '../../protect/connection-shares.ts'
import { notModified, problemResponses } from '../../schemas/problem.ts'
import { Many, Query, TextParam } from '../../schemas/values.ts'
import { hintOf } from '../hint.ts'
import { listResponse } from '../list-schema.ts'
import { CriticalPathsSchema, criticalPathsExample } from './critical-paths-schema.ts'
import { askedFigures, sendFigures, type FiguresOptions } from './figures-answer.ts'
import { CompareParam, figuresParams } from './figures-schema.ts'
import { orText, sendOrText, TextFormat } from './text-answer.ts'

const pathsQuery = (maxPage: number) =>
  Query({
    rootFunction: Many(TextParam('Only trees that begin with this function')),
    shape: Type.Optional(
      Type.String({
        pattern: '^[0-9a-f]{16}$',
        examples: ['9170c14bfb2e9c73'],
        'x-allowed': 'the hash of a shape as in /shapes: 16 hex digits',
        description: 'Only trees of this shape',
      }),
    ),
    fromFunction: Type.Optional(
      TextParam('Instead of whole trees: from each start of this function to the first end of toFunction below it'),
    ),
    toFunction: Type.Optional(TextParam('Where such a run ends')),
    ...CompareParam,
    ...figuresParams(maxPage, Object.keys(costFigures), '-totalMs'),
    ...TextFormat,
  })

/** GET /critical-paths: what decided how long many runs took. */
export const criticalPaths: FastifyPluginAsyncTypebox<FiguresOptions> = async (
  app,
  { db, maxPage, lookAtLinks, rules },
) => {
  app.get(
    '/critical-paths',
    {
      config: { forms: ['json', 'text'], heavy: true },
      schema: {
        operationId: 'listCriticalPaths',
        tags: ['analysis'],
        summary: 'How long runs took from end to end, and which job or wait cost most',
        description:
          'The critical paths of the trees of a window, summed up by job, function and wait; the last 24 hours unless from, to or window say otherwise. Of trees that are summed up before (page.rollups) the newest 20000 are looked at, otherwise the newest 2000, or as many as are read in 2 s (page.sampled); page.examined counts them.',
        querystring: pathsQuery(maxPage),
        response: {
          200: orText(listResponse(CriticalPathsSchema, 'A page of costs', criticalPathsExample)),
          ...notModified,
          ...problemResponses(),
        },
      },
    },
    async (request, reply) => {
      const { rootFunction, shape, fromFunction, toFunction, compareTo } = request.query
      const wanted = whileWanted(db, request)
      const query = { rootFunction, shape, fromFunction, toFunction, compareTo }
      const found = await readCriticalPaths(wanted, askedFigures(request), query, rules)
      const samples = found.samples.map((run) => ({ ...run, criticalPath: criticalPathUrl(run.id, '?format=text') }))
      const named = { rootFunction: ['function'], fromFunction: ['function'], toFunction: ['function'] } as const
      const hint = await hintOf(wanted, request, found, named, rules)
      return sendOrText(
        request,
        reply,
        await sendFigures(request, reply, { ...found, samples }, lookAtLinks, hint),
        criticalPathsText,
      )
    },
  )
}
