import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { fewLinksText } from '../../../domain/link/known.ts'
import { missingFigures, readMissing } from '../../../reading/analysis/missing.ts'
import { missingText } from '../../forms/missing-text.ts'
import { treeUrl } from '../../links.ts'
import { whileWanted } from '../../protect/connection-shares.ts'
import { notModified, problemResponses } from '../../schemas/problem.ts'
import { Many, Query, TextParam } from '../../schemas/values.ts'
import { hintOf } from '../hint.ts'
import { listResponse } from '../list-schema.ts'
import { askedFigures, sendFigures, type FiguresOptions } from './figures-answer.ts'
import { figuresParams } from './figures-schema.ts'
import { MissingStepsSchema, missingExample } from './missing-schema.ts'
import { orText, sendOrText, TextFormat } from './text-answer.ts'

const missingQuery = (maxPage: number) =>
  Query({
    name: Many(TextParam('Only what leads from or to a job or a function of this name')),
    support: Type.Integer({
      minimum: 1,
      maximum: 1_000_000,
      default: 20,
      description: 'What is usual is learnt from so many runs of the source at least',
    }),
    confidence: Type.Number({
      minimum: 0,
      maximum: 1,
      format: 'double',
      default: 0.95,
      description: 'It is usual if it followed so large a part of them at least, 0 to 1',
    }),
    ...figuresParams(maxPage, Object.keys(missingFigures), '-missing'),
    ...TextFormat,
  })

/** GET /missing: what normally follows, and the runs that it did not follow. */
export const missing: FastifyPluginAsyncTypebox<FiguresOptions> = async (app, { db, maxPage, lookAtLinks, rules }) => {
  app.get(
    '/missing',
    {
      config: { forms: ['json', 'text'], heavy: true },
      schema: {
        operationId: 'listMissing',
        tags: ['analysis'],
        summary: 'What normally follows, and the runs that it did not follow',
        description:
          'Which functions a job normally leads to, and which jobs a function normally runs, is learnt from the 7 days before the window (or from as long as the window, if that is more). A run is judged once it has ended for longer than p99 of the time to its target and 60 s. Runs belong to the window in which they began; the last 24 hours unless from, to or window say otherwise.',
        querystring: missingQuery(maxPage),
        response: {
          200: orText(listResponse(MissingStepsSchema, 'A page of what did not follow', missingExample)),
          ...notModified,
          ...problemResponses(),
        },
      },
    },
    async (request, reply) => {
      const { name, support, confidence } = request.query
      const wanted = whileWanted(db, request)
      const links = await lookAtLinks()
      const few = links !== null && fewLinksText(links) !== undefined
      const found = await readMissing(wanted, askedFigures(request), { name, support, confidence }, rules, few)
      const data = found.data.map(({ samples, ...edge }) => ({
        ...edge,
        samples: samples.map((run) =>
          Object.assign(run, { tree: treeUrl(run.invocationId, '?from=root&format=text') }),
        ),
      }))
      const hint = await hintOf(wanted, request, found, { name: ['job', 'function'] }, rules)
      return sendOrText(
        request,
        reply,
        await sendFigures(request, reply, { ...found, data }, lookAtLinks, hint),
        missingText,
      )
    },
  )
}
