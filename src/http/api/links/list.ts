import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { columnsOfKeptLink } from '../../../domain/model/kept-link.ts'
import { keptStates } from '../../../domain/link/kept.ts'
import { readKeptLinks } from '../../../reading/lists/kept-links.ts'
import { whileWanted } from '../../protect/connection-shares.ts'
import { Problem } from '../../problems/problem.ts'
import { notModified, problemResponses } from '../../schemas/problem.ts'
import { EnumParam, Many, Query } from '../../schemas/values.ts'
import { askedPage, filtersOf, sendPage, type ListOptions } from '../list-answer.ts'
import { asOfExample, listParams, listResponse, pageExample } from '../list-schema.ts'
import { KEPT_STATE, KeptLinkListSchema, keptLinkExample } from './schema.ts'

const linkQuery = (maxPage: number) =>
  Query({ state: Many(EnumParam(keptStates, KEPT_STATE)), ...listParams(maxPage, columnsOfKeptLink) })

/** GET /links: what was found out about links that the writer lost. */
export const keptLinks: FastifyPluginAsyncTypebox<ListOptions> = async (app, { db, maxPage, rules }) => {
  app.get(
    '/links',
    {
      schema: {
        operationId: 'listLinks',
        tags: ['links'],
        summary: 'Links that the writer lost, newest first',
        description:
          'What the service found out about invocations whose source_job_id is or was empty, and whose payload names a job. The window and the order are those of the invocations; the last 24 hours unless from, to or window say otherwise.',
        querystring: linkQuery(maxPage),
        response: {
          200: listResponse(KeptLinkListSchema, 'A page of links', {
            data: [keptLinkExample],
            page: pageExample,
            asOf: asOfExample,
          }),
          ...notModified,
          ...problemResponses('not-found'),
        },
      },
    },
    async (request, reply) => {
      const asked = askedPage(request, 'last-24h', columnsOfKeptLink)
      const page = await readKeptLinks(whileWanted(db, request), filtersOf(request.query), asked, rules)
      if (!page)
        throw new Problem(
          'not-found',
          'public.observability_links, in which found links are kept, is not there, or this service may not read it',
        )
      return sendPage(request, reply, page)
    },
  )
}
