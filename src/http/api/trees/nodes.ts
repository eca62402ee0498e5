import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { columnsOfNode } from '../../../domain/tree/node-fields.ts'
import { forms } from '../../negotiate/content-type.ts'
import { problemResponses } from '../../schemas/problem.ts'
import { EnumParam, FieldsParam, IdParam, Query } from '../../schemas/values.ts'
import { defaultDepth, maximaOf, reachOf, type Maxima } from './limits.ts'
import { Lines, startParams } from './schema.ts'
import { smallReader } from './small.ts'
import { treeLinesAnswer, type TreeSource } from './stream.ts'

const nodesQuery = ({ maxDepth, maxNodes }: Maxima, depth: number, nodes: number) =>
  Query({
    ...startParams,
    maxDepth: Type.Integer({ minimum: 0, maximum: maxDepth, default: depth, description: 'Levels below the start' }),
    maxNodes: Type.Integer({ minimum: 1, maximum: maxNodes, default: nodes, description: 'Invocations' }),
    fields: FieldsParam(columnsOfNode, 'each invocation'),
    format: Type.Optional(EnumParam(['ndjson'], 'The form of the answer; stands above Accept')),
  })

/**
 * GET /trees/:id/nodes: the same lines as GET /trees/:id gives with format=ndjson. They have a path of their own, because a generated client
 * of an operation that answers JSON too decodes the lines as one JSON document, and fails.
 */
export const treeNodes: FastifyPluginAsyncTypebox<TreeSource & Maxima> = async (app, options) => {
  const maxima = maximaOf(options)
  const source = { ...options, readSmall: smallReader(options) }
  app.get(
    '/trees/:id/nodes',
    {
      config: { forms: ['ndjson'], heavy: true },
      schema: {
        operationId: 'listTreeNodes',
        tags: ['trees'],
        summary: 'The execution tree below an invocation, or below the invocation of a job, as lines of JSON',
        description:
          'A line is an object with a type: tree (the head), node (an invocation with its jobs, by (depth, createdAt, id)), more (what is left out below a job) and end. If the last line is not end, the answer is incomplete; error holds the problem.',
        params: Type.Object({ id: IdParam('An invocation, or a job') }),
        querystring: nodesQuery(maxima.ndjson, defaultDepth('ndjson', maxima), maxima.flat.maxNodes),
        response: {
          200: { description: 'The tree, line by line', content: { [forms.ndjson]: { schema: Lines } } },
          ...problemResponses('not-found'),
        },
      },
    },
    (request, reply) =>
      treeLinesAnswer(request, reply, source, {
        id: request.params.id,
        fromRoot: request.query.from === 'root',
        reach: reachOf(request.query, 'ndjson', maxima),
      }),
  )
}
