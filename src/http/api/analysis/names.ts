import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { nameFigures, nameKinds, readNames } from '../../../reading/analysis/names.ts'
import { whileWanted } from '../../protect/connection-shares.ts'
import { notModified, problemResponses } from '../../schemas/problem.ts'
import { EnumParam, Many, Query, TextParam } from '../../schemas/values.ts'
import { listResponse } from '../list-schema.ts'
import { askedFigures, sendFigures, type FiguresOptions } from './figures-answer.ts'
import { figuresParams } from './figures-schema.ts'
import { NamesSchema, namesExample } from './names-schema.ts'

const namesQuery = (maxPage: number) =>
  Query({
    kind: Many(EnumParam(nameKinds, 'What has the name')),
    text: Type.Optional(TextParam('A part of the name, in whatever case')),
    ...figuresParams(maxPage, Object.keys(nameFigures), '-count'),
  })

/** GET /names: what there is to filter by. */
export const names: FastifyPluginAsyncTypebox<FiguresOptions> = async (app, { db, maxPage, lookAtLinks, rules }) => {
  app.get(
    '/names',
    {
      config: { heavy: true },
      schema: {
        operationId: 'listNames',
        tags: ['analysis'],
        summary: 'The functions, jobs, events, tables and systems that rows of a window name',
        description:
          'The last 24 hours unless from, to or window say otherwise. What filters of other endpoints may be given.',
        querystring: namesQuery(maxPage),
        response: {
          200: listResponse(NamesSchema, 'A page of names', namesExample),
          ...notModified,
          ...problemResponses(),
        },
      },
    },
    async (request, reply) => {
      const { kind, text } = request.query
      const found = await readNames(whileWanted(db, request), askedFigures(request), { kind, text }, rules)
      return sendFigures(request, reply, found, lookAtLinks)
    },
  )
}
