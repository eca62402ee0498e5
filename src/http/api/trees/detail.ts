import { Readable } from 'node:stream'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import type { Reader } from '../../../db/db.ts'
import type { RowRules } from '../../../domain/liveness.ts'
import { linkedTree } from '../../forms/tree-json.ts'
import { rootText } from '../../forms/link-text.ts'
import { treeLines } from '../../forms/tree-text.ts'
import { unchanged } from '../../negotiate/etag.ts'
import { forms } from '../../negotiate/content-type.ts'
import { noTree } from '../../problems/not-found.ts'
import { onResponseEnd } from '../../lifecycle/on-response-end.ts'
import { messagesFor } from '../../identity/messages.ts'
import { whileWanted } from '../../protect/connection-shares.ts'
import { streamedTree } from './stream.ts'
import type { LinkReader } from '../../../reading/links/link.ts'
import { flatDocument, nested, wholeTree } from '../../../reading/tree/whole.ts'
import { defaultDepth, layoutOf, maximaOf, reachOf, type ByLayout, type Maxima } from './limits.ts'
import { notModified, problemResponses } from '../../schemas/problem.ts'
import { treeExample } from './example.ts'
import { TreeSchema } from './schema.ts'
import { EnumParam, IdParam, Many, Query, Ref } from '../../schemas/values.ts'

const treeQuery = (maxima: ByLayout) =>
  Query({
    from: Type.Optional(EnumParam(['root'], 'root: climb to the root first, and show the whole tree')),
    include: Many(EnumParam(['events'], 'events: the detected events of each node')),
    maxDepth: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: maxima.ndjson.maxDepth,
        description: `Levels below the start; nested ${defaultDepth('nested', maxima)} unless given, and up to ${maxima.nested.maxDepth}; else ${defaultDepth('ndjson', maxima)}, and up to ${maxima.ndjson.maxDepth}`,
      }),
    ),
    maxNodes: Type.Integer({
      minimum: 1,
      maximum: maxima.ndjson.maxNodes,
      default: maxima.flat.maxNodes,
      description: `Invocations; up to ${maxima.ndjson.maxNodes} as ndjson, else ${maxima.flat.maxNodes}`,
    }),
    shape: Type.Unsafe<'nested' | 'flat'>({
      ...EnumParam(
        ['nested', 'flat'],
        'Of JSON alone. nested: tree, each invocation below the job that triggered it; flat: nodes, all in one list',
      ),
      default: 'nested',
    }),
    format: Type.Optional(EnumParam(['json', 'ndjson', 'text'], 'The form of the answer; stands above Accept')),
  })

const Lines = Type.Unsafe<Readable>({ type: 'string', description: 'Streamed, line by line' })

interface TreeOptions extends Maxima {
  db: Reader
  linkReader: LinkReader
  /** Longest time for a streamed tree to be read, ms. */
  streamTimeout: number
  rules: RowRules
}

/** GET /trees/:id: the execution tree below an invocation or a job. */
export const tree: FastifyPluginAsyncTypebox<TreeOptions> = async (
  app,
  { db, linkReader, streamTimeout, rules, ...most },
) => {
  const maxima = maximaOf(most)
  app.get(
    '/trees/:id',
    {
      config: { forms: ['json', 'ndjson', 'text'], heavy: true },
      schema: {
        operationId: 'getTree',
        tags: ['trees'],
        summary: 'The execution tree below an invocation, or below the invocation of a job',
        description:
          'JSON, nested or flat (shape), or by Accept (or format) lines of JSON (application/x-ndjson: tree, node…, more…, end) or an indented text. Cut breadth-first by (depth, createdAt, id), and always said.',
        params: Type.Object({ id: IdParam('An invocation, or a job') }),
        querystring: treeQuery(maxima),
        response: {
          200: {
            description: 'The tree',
            content: {
              'application/json': { schema: Ref(TreeSchema), example: treeExample },
              'application/x-ndjson': { schema: Lines },
              'text/plain': { schema: Lines },
            },
          },
          ...notModified,
          ...problemResponses('not-found'),
        },
      },
    },
    async (request, reply) => {
      const {
        params: { id },
        query,
        form,
      } = request
      const fromRoot = query.from === 'root'
      const layout = layoutOf(form, query.shape)
      const reach = reachOf(query, layout, maxima)
      if (layout === 'ndjson') {
        const stream = await streamedTree(db, request, {
          linkReader,
          id,
          fromRoot,
          reach,
          rules,
          timeout: streamTimeout,
        })
        // HEAD is over at once; Fastify would read the rest of the tree to throw it away.
        if (request.method === 'HEAD') {
          onResponseEnd(reply, () => {
            request.cancellation.abort()
            stream.destroy()
          })
        }
        return reply.type(forms.ndjson).send(stream)
      }
      const whole = await whileWanted(db, request).snapshot((snapshot) =>
        wholeTree(snapshot, linkReader, id, fromRoot, reach, messagesFor(request), rules),
      )
      if (!whole) throw noTree(id)
      request.rows = whole.nodes.length
      const { asOf: _asOf, ...place } = whole.head
      if (unchanged(request, reply, JSON.stringify([layout, place, ...whole.found.more]) + whole.state)) return reply
      if (layout === 'text') {
        const { tree, summary, truncated } = nested(whole)
        const lines = treeLines(tree, summary, truncated, rootText(whole.head))
        return reply.type('text/plain; charset=utf-8').send(Readable.from(lines))
      }
      const linked = linkedTree(whole)
      return layout === 'flat' ? flatDocument(linked) : nested(linked)
    },
  )
}
