import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { readComparison } from '../../../reading/tree/comparison.ts'
import { comparisonLines } from '../../forms/comparison-text.ts'
import { noTree } from '../../problems/not-found.ts'
import { comparisonExample, ComparisonSchema } from './comparison-schema.ts'
import { findingsAnswer, findingsSchema } from './findings.ts'
import { maximaOf, type Maxima } from './limits.ts'
import type { TreeSource } from './stream.ts'

/** A tree, or what is usual. */
const WithParam = {
  with: Type.String({
    pattern: '^(baseline|[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12})$',
    examples: ['baseline'],
    'x-allowed': 'baseline, or the UUID of an invocation or a job',
    default: 'baseline',
    description:
      'baseline: what was usual in the finished trees that began with the same function in the 7 days before, at least 20 of them; or an invocation or a job of another tree',
  }),
}

/** GET /trees/:id/compare: how a tree differs from another one, or from what is usual. */
export const treeComparison: FastifyPluginAsyncTypebox<TreeSource & Maxima> = async (app, options) => {
  const maxima = maximaOf(options)
  app.get(
    '/trees/:id/compare',
    {
      config: { forms: ['json', 'text'], heavy: true },
      schema: {
        operationId: 'compareTree',
        tags: ['trees'],
        summary: 'How a tree differs from another one, or from what is usual',
        description:
          'Place by place: what is missing or extra, what failed, and what took longer than p95 of its own history. With a verdict in one sentence. As JSON, or by Accept (or format) as text.',
        ...findingsSchema(maxima, WithParam, {
          schema: ComparisonSchema,
          description: 'The comparison',
          example: comparisonExample,
        }),
      },
    },
    async (request, reply) =>
      findingsAnswer(request, reply, options, {
        id: request.params.id,
        query: request.query,
        maxima,
        async read(...asked) {
          const found = await readComparison(...asked, request.query.with)
          if (found === 'no other') throw noTree(request.query.with)
          return found
        },
        lines: comparisonLines,
      }),
  )
}
