import { Readable } from 'node:stream'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { columnsOfNode } from '../../../domain/tree/node-fields.ts'
import { treeDiagram } from '../../forms/tree-diagram.ts'
import { linkedTree } from '../../forms/tree-json.ts'
import { otlpTrace } from '../../forms/otlp-trace.ts'
import { rootText } from '../../forms/link-text.ts'
import { wholeNdjson } from '../../forms/tree-ndjson.ts'
import { treeLines } from '../../forms/tree-text.ts'
import { forms } from '../../negotiate/content-type.ts'
import { unchanged } from '../../negotiate/etag.ts'
import { noTree } from '../../problems/not-found.ts'
import { messagesFor } from '../../identity/messages.ts'
import { whileWanted } from '../../protect/connection-shares.ts'
import { diagramContent, diagramForms, isDiagram, sendDiagram } from '../diagram-answer.ts'
import { treeLinesAnswer, type TreeSource } from './stream.ts'
import { onlyFailed } from '../../../reading/tree/only-failed.ts'
import { traceOf } from '../../../reading/traces/trace.ts'
import { largeUnlessHeld, type KnownTree } from '../../../reading/tree/unless-held.ts'
import { flatDocument, nested, type WholeTree } from '../../../reading/tree/whole.ts'
import { defaultDepth, layoutOf, maximaOf, reachOf, type ByLayout, type Maxima } from './limits.ts'
import { notModified, problemResponses } from '../../schemas/problem.ts'
import { treeExample } from './example.ts'
import { Lines, startParams, TreeSchema } from './schema.ts'
import { smallReader } from './small.ts'
import { EnumParam, FieldsParam, IdParam, Query, Ref } from '../../schemas/values.ts'

const treeQuery = (maxima: ByLayout) =>
  Query({
    ...startParams,
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
    only: Type.Optional(
      EnumParam(
        ['failed'],
        'failed: only what failed, and the invocations on the way to it; text shows the errors too',
      ),
    ),
    fields: FieldsParam(columnsOfNode, 'each invocation. Of JSON alone, and of its lines'),
    shape: Type.Unsafe<'nested' | 'flat'>({
      ...EnumParam(
        ['nested', 'flat'],
        'Of JSON alone. nested: tree, each invocation below the job that triggered it; flat: nodes, all in one list',
      ),
      default: 'nested',
    }),
    format: Type.Optional(
      EnumParam(['json', 'ndjson', 'text', ...diagramForms, 'otlp'], 'The form of the answer; stands above Accept'),
    ),
  })

/** As Fastify writes it of an object. */
const JSON_TYPE = 'application/json; charset=utf-8'

/** GET /trees/:id: the execution tree below an invocation or a job. */
export const tree: FastifyPluginAsyncTypebox<TreeSource & Maxima> = async (app, options) => {
  const { db } = options
  const readSmall = smallReader(options)
  const maxima = maximaOf(options)
  app.get(
    '/trees/:id',
    {
      config: { forms: ['json', 'ndjson', 'text', ...diagramForms, 'otlp'], heavy: true },
      schema: {
        operationId: 'getTree',
        tags: ['trees'],
        summary: 'The execution tree below an invocation, or below the invocation of a job',
        description:
          'JSON, nested or flat (shape), or by Accept (or format) lines of JSON (application/x-ndjson: tree, node…, more…, end), an indented text, a diagram in the language of Mermaid (text/vnd.mermaid) or Graphviz (text/vnd.graphviz), or the spans of OpenTelemetry (application/vnd.otlp+json). Cut breadth-first by (depth, createdAt, id), and always said.',
        params: Type.Object({ id: IdParam('An invocation, or a job') }),
        querystring: treeQuery(maxima),
        response: {
          200: {
            description: 'The tree',
            content: {
              'application/json': { schema: Ref(TreeSchema), example: treeExample },
              'application/x-ndjson': { schema: Lines },
              'text/plain': { schema: Lines },
              ...diagramContent,
              // Spans (application/vnd.otlp+json) are told of in the description alone: a second kind of JSON makes generators of Go read every tree as spans.
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
      const pruned = query.only === 'failed'
      // What is pruned is held whole, in whatever form it goes out.
      const reach = reachOf(query, layout === 'ndjson' && pruned ? 'flat' : layout, maxima)
      if (layout === 'ndjson' && !pruned)
        return treeLinesAnswer(request, reply, { ...options, readSmall }, { id, fromRoot, reach })
      // Figures, and what is pruned, follow from the rows.
      const isHeld = ({ head: { asOf: _asOf, ...place }, state }: KnownTree, ...cut: unknown[]): boolean =>
        unchanged(request, reply, JSON.stringify([layout, query.only, reach.fields?.text, place, ...cut]) + state)
      const asked = { id, fromRoot, reach, messages: messagesFor(request) }
      const conditional = layout !== 'ndjson' && layout !== 'otlp' && request.headers['if-none-match'] !== undefined
      const shown = (tree: WholeTree): WholeTree => (pruned ? onlyFailed(tree) : tree)
      const json = (tree: WholeTree): string => {
        const linked = linkedTree(shown(tree))
        return JSON.stringify(layout === 'flat' ? flatDocument(linked, reach.fields) : nested(linked, reach.fields))
      }
      const small = await readSmall(request, [layout, query.only], asked, json)
      const read =
        small === 'larger'
          ? await largeUnlessHeld(whileWanted(db, request), options, asked, conditional ? isHeld : undefined)
          : small?.tree
      if (read === 'held') return reply
      if (!read) throw noTree(id)
      const whole = shown(read)
      request.rows = whole.nodes.length
      if (layout === 'ndjson') return reply.type(forms.ndjson).send(wholeNdjson(whole, reach.fields))
      // What runs is drawn as a span up to when it was read.
      const drawnTo = layout === 'otlp' && whole.found.summary.running > 0 ? [whole.head.asOf] : []
      if (isHeld(read, ...drawnTo, ...whole.found.more)) return reply
      if (layout === 'text') {
        const { tree, summary, truncated } = nested(whole)
        const lines = treeLines(tree, summary, truncated, rootText(whole.head), whole.head.pruned)
        return reply.type('text/plain; charset=utf-8').send(Readable.from(lines))
      }
      if (layout === 'otlp') return reply.type(forms.otlp).send(JSON.stringify(otlpTrace(traceOf(whole))))
      if (isDiagram(form)) return sendDiagram(reply, form, treeDiagram(whole))
      return reply.type(JSON_TYPE).send(small instanceof Object ? small.text() : json(read))
    },
  )
}
