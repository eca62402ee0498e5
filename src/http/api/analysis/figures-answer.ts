import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Reader } from '../../../db/db.ts'
import { instantOf } from '../../../domain/instant.ts'
import { fewLinksText, type KnownLinks } from '../../../domain/link/known.ts'
import type { RowRules } from '../../../domain/liveness.ts'
import { rankedRequest, type RankedQuery, type RankedRequest } from '../../../domain/paging/ranked.ts'
import type { FiguresPage } from '../../../reading/analysis/figures-page.ts'
import type { Hint } from '../../../reading/analysis/names.ts'
import type { LookAtLinks } from '../../../reading/links/known.ts'
import { nextPageUrl } from '../../links.ts'
import { unchanged } from '../../negotiate/etag.ts'

/** What every answer of figures is made of. */
export interface FiguresOptions {
  db: Reader
  maxPage: number
  lookAtLinks: LookAtLinks
  rules: RowRules
}

/** What a request for figures means. Throws Invalid. */
export function askedFigures(request: FastifyRequest): RankedRequest {
  return rankedRequest(request.routeOptions.url ?? '', request.query as RankedQuery, instantOf(Date.now()))
}

type Answered<F> = F & { note?: string; links: KnownLinks | null; hint?: Hint }

/** The answer, with its Link header; 304 if the client holds these figures already, whatever the clock says. */
export async function sendFigures<F extends FiguresPage<unknown>>(
  request: FastifyRequest,
  reply: FastifyReply,
  figures: F,
  lookAtLinks: LookAtLinks,
  hint?: Hint,
): Promise<FastifyReply | Answered<F>> {
  const links = await lookAtLinks()
  const { page, asOf: _asOf, ...shown } = figures
  const { from: _from, to: _to, examinedFrom: _examinedFrom, nextCursor, rollups, ...counted } = page
  const known = links && { ...links, lookedAt: null }
  // Series begin and end with the window, which moves with the clock.
  const state = JSON.stringify([shown, counted, rollups !== null, nextCursor === null, known, hint])
    .replaceAll(page.from, '')
    .replaceAll(page.to, '')
  if (unchanged(request, reply, state)) return reply
  request.rows = figures.data.length
  if (nextCursor !== null) void reply.header('link', `<${nextPageUrl(request.url, nextCursor)}>; rel="next"`)
  const note = links === null ? undefined : fewLinksText(links)
  return { ...(note === undefined ? {} : { note }), ...figures, links, ...(hint === undefined ? {} : { hint }) }
}
