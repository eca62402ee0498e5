import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { readCriticalPath } from '../../../reading/tree/findings.ts'
import { criticalPathLines } from '../../forms/critical-path-text.ts'
import { criticalPathExample, CriticalPathSchema } from './critical-path-schema.ts'
import { findingsAnswer, findingsSchema } from './findings.ts'
import { maximaOf, type Maxima } from './limits.ts'
import type { TreeSource } from './stream.ts'

/** GET /trees/:id/critical-path: what decided when the tree ended. */
export const treeCriticalPath: FastifyPluginAsyncTypebox<TreeSource & Maxima> = async (app, options) => {
  const maxima = maximaOf(options)
  app.get(
    '/trees/:id/critical-path',
    {
      config: { forms: ['json', 'text'], heavy: true },
      schema: {
        operationId: 'getTreeCriticalPath',
        tags: ['trees'],
        summary: 'The jobs, invocations and waits that decided when a tree ended',
        description:
          'Found by walking back from the last end, across asynchronous links: what a job triggered may end after it. As JSON, or by Accept (or format) as text, a line a segment.',
        ...findingsSchema(
          maxima,
          {},
          { schema: CriticalPathSchema, description: 'The critical path', example: criticalPathExample },
        ),
      },
    },
    async (request, reply) =>
      findingsAnswer(request, reply, options, {
        id: request.params.id,
        query: request.query,
        maxima,
        read: readCriticalPath,
        lines: criticalPathLines,
      }),
  )
}
