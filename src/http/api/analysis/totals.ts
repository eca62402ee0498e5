import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { instantOf } from '../../../domain/instant.ts'
import { fewLinksText } from '../../../domain/link/known.ts'
import { resolveRange } from '../../../domain/paging/page.ts'
import { readTotals } from '../../../reading/analysis/totals.ts'
import { unchanged } from '../../negotiate/etag.ts'
import { whileWanted } from '../../protect/connection-shares.ts'
import { notModified, problemResponses } from '../../schemas/problem.ts'
import { FormatParam, Query, Ref } from '../../schemas/values.ts'
import { windowParams } from '../list-schema.ts'
import type { FiguresOptions } from './figures-answer.ts'
import { CompareParam, seriesParams } from './figures-schema.ts'
import { TotalsSchema, totalsExample } from './totals-schema.ts'

const TotalsQuery = Query({ ...windowParams, ...CompareParam, ...seriesParams, ...FormatParam })

/** GET /totals: how many invocations, jobs and links a window has, how they came out, and how long they took, all names together. */
export const totals: FastifyPluginAsyncTypebox<FiguresOptions> = async (app, { db, lookAtLinks, rules }) => {
  app.get(
    '/totals',
    {
      config: { heavy: true },
      schema: {
        operationId: 'getTotals',
        tags: ['analysis'],
        summary: 'What happened in a window as a whole',
        description:
          'The last 24 hours unless from, to or window say otherwise. Full hours may have been counted before (window.rollups); where the rest takes longer than 2 s the newest rows alone are counted (window.sampled).',
        querystring: TotalsQuery,
        response: {
          200: {
            description: 'All names together',
            content: { 'application/json': { schema: Ref(TotalsSchema), example: totalsExample } },
          },
          ...notModified,
          ...problemResponses(),
        },
      },
    },
    async (request, reply) => {
      const { compareTo, bucket, timeZone, format: _format, ...range } = request.query
      const { from, to } = resolveRange(range, instantOf(Date.now()), 'last-24h')
      const window = { from: from ?? '-infinity', to: to ?? 'infinity' }
      const found = await readTotals(whileWanted(db, request), window, { compareTo, bucket, timeZone }, rules)
      const links = await lookAtLinks()
      const { from: _from, to: _to, examinedFrom: _examinedFrom, rollups, ...counted } = found.window
      // Series begin and end with the window, which moves with the clock.
      const state = JSON.stringify([found.data, counted, rollups !== null, links && { ...links, lookedAt: null }])
        .replaceAll(window.from, '')
        .replaceAll(window.to, '')
      if (unchanged(request, reply, state)) return reply
      request.rows = 1
      const note = links === null ? undefined : fewLinksText(links)
      return { ...(note === undefined ? {} : { note }), ...found, links }
    },
  )
}
