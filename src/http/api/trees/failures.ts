import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { readCascade } from '../../../reading/tree/findings.ts'
import { cascadeLines } from '../../forms/cascade-text.ts'
import { notModified, problemResponses } from '../../schemas/problem.ts'
import { IdParam, Ref } from '../../schemas/values.ts'
import { treeFailuresExample, TreeFailuresSchema } from './failures-schema.ts'
import { findingsAnswer, findingsQuery } from './findings.ts'
import { maximaOf, type Maxima } from './limits.ts'
import { Lines } from './schema.ts'
import type { TreeSource } from './stream.ts'

/** GET /trees/:id/failures: what failed by itself, and what ran below that nevertheless. */
export const treeFailures: FastifyPluginAsyncTypebox<TreeSource & Maxima> = async (app, options) => {
  const maxima = maximaOf(options)
  app.get(
    '/trees/:id/failures',
    {
      config: { forms: ['json', 'text'], heavy: true },
      schema: {
        operationId: 'getTreeFailures',
        tags: ['trees'],
        summary: 'What failed in a tree by itself, and what ran below that nevertheless',
        description:
          'Root causes are the failures without a failed job, handler or function above them. With hidden crashes, stale runs, and a verdict in one sentence. As JSON, or by Accept (or format) as text.',
        params: Type.Object({ id: IdParam('An invocation, or a job') }),
        querystring: findingsQuery(maxima),
        response: {
          200: {
            description: 'The failures of the tree',
            content: {
              'application/json': { schema: Ref(TreeFailuresSchema), example: treeFailuresExample },
              'text/plain': { schema: Lines },
            },
          },
          ...notModified,
          ...problemResponses('not-found'),
        },
      },
    },
    async (request, reply) =>
      findingsAnswer(request, reply, options, {
        id: request.params.id,
        query: request.query,
        maxima,
        read: readCascade,
        lines: cascadeLines,
      }),
  )
}
