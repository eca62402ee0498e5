import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { readShapes, shapeFigures } from '../../../reading/analysis/shapes.ts'
import { shapesText } from '../../forms/shapes-text.ts'
import { treeUrl } from '../../links.ts'
import { whileWanted } from '../../protect/connection-shares.ts'
import { notModified, problemResponses } from '../../schemas/problem.ts'
import { Many, Query, TextParam } from '../../schemas/values.ts'
import { hintOf } from '../hint.ts'
import { listResponse } from '../list-schema.ts'
import { askedFigures, sendFigures, type FiguresOptions } from './figures-answer.ts'
import { figuresParams } from './figures-schema.ts'
import { ShapesSchema, shapesExample } from './shapes-schema.ts'
import { orText, sendOrText, TextFormat } from './text-answer.ts'

const shapesQuery = (maxPage: number) =>
  Query({
    rootFunction: Many(TextParam('Only trees that begin with this function')),
    ...figuresParams(maxPage, Object.keys(shapeFigures), '-trees'),
    ...TextFormat,
  })

/** GET /shapes: the trees of a window by their structure. */
export const shapes: FastifyPluginAsyncTypebox<FiguresOptions> = async (app, { db, maxPage, lookAtLinks, rules }) => {
  app.get(
    '/shapes',
    {
      config: { forms: ['json', 'text'], heavy: true },
      schema: {
        operationId: 'listShapes',
        tags: ['analysis'],
        summary: 'The trees of a window by their structure: how many, how they came out, how long they took',
        description:
          'A shape is the structure of the functions and jobs of a tree, without order and times. A tree belongs to the window in which its root began; the last 24 hours unless from, to or window say otherwise. All trees count if they are summed up before (page.rollups); otherwise the newest 2000 are looked at, or as many as are read in 2 s (page.sampled). page.examined counts trees.',
        querystring: shapesQuery(maxPage),
        response: {
          200: orText(listResponse(ShapesSchema, 'A page of shapes', shapesExample)),
          ...notModified,
          ...problemResponses(),
        },
      },
    },
    async (request, reply) => {
      const { rootFunction } = request.query
      const wanted = whileWanted(db, request)
      const found = await readShapes(wanted, askedFigures(request), { rootFunction }, rules)
      const data = found.data.map((shape) => ({ ...shape, sampleTree: treeUrl(shape.sampleId) }))
      const hint = await hintOf(wanted, request, found, { rootFunction: ['function'] }, rules)
      return sendOrText(
        request,
        reply,
        await sendFigures(request, reply, { ...found, data }, lookAtLinks, hint),
        shapesText,
      )
    },
  )
}
