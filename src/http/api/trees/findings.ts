import { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type, type Static, type TObject, type TProperties, type TSchema } from 'typebox'
import type { Place, TreeFindings } from '../../../reading/tree/findings.ts'
import type { AskedTree, TreeReading } from '../../../reading/tree/whole.ts'
import { messagesFor } from '../../identity/messages.ts'
import { unchanged } from '../../negotiate/etag.ts'
import { noTree } from '../../problems/not-found.ts'
import { whileWanted, type Wanted } from '../../protect/connection-shares.ts'
import { notModified, problemResponses } from '../../schemas/problem.ts'
import { EnumParam, IdParam, Query, Ref } from '../../schemas/values.ts'
import { reachOf, type ByLayout } from './limits.ts'
import { Lines, startParams } from './schema.ts'
import type { TreeSource } from './stream.ts'

/** The parameters of what is found out about one tree. It is read whole, so its limits are those of a flat tree, and the depth has none of its own unless asked for. */
const findingsParams = ({ flat: { maxDepth, maxNodes } }: ByLayout) => ({
  from: startParams.from,
  maxDepth: Type.Integer({
    minimum: 0,
    maximum: maxDepth,
    default: maxDepth,
    description: 'Levels below the start that are read',
  }),
  maxNodes: Type.Integer({
    minimum: 1,
    maximum: maxNodes,
    default: maxNodes,
    description: 'Invocations that are read',
  }),
  format: Type.Optional(EnumParam(['json', 'text'], 'The form of the answer; stands above Accept')),
})

/** What the schemas of these routes have in common, with parameters of their own (`more`): the tree that is asked for, and an answer of this schema as JSON, or lines of text. */
export const findingsSchema = <P extends TProperties>(
  maxima: ByLayout,
  more: P,
  answer: { schema: TSchema; description: string; example: object },
) => ({
  params: Type.Object({ id: IdParam('An invocation, or a job') }),
  querystring: Query({ ...findingsParams(maxima), ...more }),
  response: {
    200: {
      description: answer.description,
      content: {
        'application/json': { schema: Ref(answer.schema), example: answer.example },
        'text/plain': { schema: Lines },
      },
    },
    ...notModified,
    ...problemResponses('not-found'),
  },
})

/** The tree that is asked for, and what finds something out about it. */
interface Asked<Found> {
  id: string
  query: Static<TObject<ReturnType<typeof findingsParams>>>
  maxima: ByLayout
  read: (db: Wanted, reading: TreeReading, asked: AskedTree) => Promise<TreeFindings<Found> | undefined>
  lines: (found: Found, place: Place) => Generator<string>
}

/** The answer: one object with what was found out, or lines of text; 304 if nothing has changed. Throws Problem if there is no such tree, and Invalid beyond the limits. */
export async function findingsAnswer<Found extends object>(
  request: FastifyRequest,
  reply: FastifyReply,
  source: TreeSource,
  { id, query, maxima, read, lines }: Asked<Found>,
): Promise<(Place & Found) | FastifyReply> {
  const findings = await read(whileWanted(source.db, request), source, {
    id,
    fromRoot: query.from === 'root',
    reach: reachOf(query, 'flat', maxima),
    messages: messagesFor(request),
  })
  if (!findings) throw noTree(id)
  const { place, found, invocations, state } = findings
  request.rows = invocations
  if (unchanged(request, reply, state)) return reply
  if (request.form === 'text') return reply.type('text/plain; charset=utf-8').send(Readable.from(lines(found, place)))
  return { ...place, ...found }
}
