import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { failureKinds } from '../../../domain/analysis/failures.ts'
import { failureFigures, readFailures } from '../../../reading/analysis/failures.ts'
import { messagesFor } from '../../identity/messages.ts'
import { treeUrl } from '../../links.ts'
import { whileWanted } from '../../protect/connection-shares.ts'
import { notModified, problemResponses } from '../../schemas/problem.ts'
import { EnumParam, Many, Query, TextParam } from '../../schemas/values.ts'
import { hintOf } from '../hint.ts'
import { listResponse } from '../list-schema.ts'
import { FailuresSchema, failuresExample } from './failures-schema.ts'
import { askedFigures, sendFigures, type FiguresOptions } from './figures-answer.ts'
import { figuresParams } from './figures-schema.ts'

const failureQuery = (maxPage: number) =>
  Query({
    kind: Many(EnumParam(failureKinds, 'What failed')),
    name: Many(TextParam('Of the job, the event or the function')),
    text: Type.Optional(TextParam('A part of the cause, in whatever case')),
    new: Type.Optional(
      Type.Boolean({ description: 'true: only causes that the window before did not have; false: only the others' }),
    ),
    ...figuresParams(maxPage, Object.keys(failureFigures), '-count'),
  })

/** GET /failures: what failed and why, grouped by cause. */
export const failures: FastifyPluginAsyncTypebox<FiguresOptions> = async (app, { db, maxPage, lookAtLinks, rules }) => {
  app.get(
    '/failures',
    {
      config: { heavy: true },
      schema: {
        operationId: 'listFailures',
        tags: ['analysis'],
        summary: 'What failed and why, grouped by cause',
        description:
          'Failed jobs, crashed events and failed invocations of a window (the last 24 hours unless from, to or window say otherwise), each by its own created_at: of a window the newest 20,000 (page.sampled).',
        querystring: failureQuery(maxPage),
        response: {
          200: listResponse(FailuresSchema, 'A page of causes', failuresExample),
          ...notModified,
          ...problemResponses(),
        },
      },
    },
    async (request, reply) => {
      const { kind, name, text, new: isNew } = request.query
      const found = await readFailures(
        whileWanted(db, request),
        askedFigures(request),
        { kind, name, text, isNew },
        messagesFor(request),
        rules,
      )
      const data = found.data.map(({ samples, ...failure }) => ({
        ...failure,
        samples: samples.map((sample) =>
          Object.assign(sample, { tree: treeUrl(sample.invocationId, '?from=root&only=failed&format=text') }),
        ),
      }))
      return sendFigures(
        request,
        reply,
        { ...found, data },
        lookAtLinks,
        await hintOf(whileWanted(db, request), request, found, { name: ['job', 'event', 'function'] }, rules),
      )
    },
  )
}
