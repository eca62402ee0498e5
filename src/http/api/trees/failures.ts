import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { fewLinksText } from '../../../domain/link/known.ts'
import type { LookAtLinks } from '../../../reading/links/known.ts'
import { readCascade } from '../../../reading/tree/findings.ts'
import { cascadeLines } from '../../forms/cascade-text.ts'
import { treeFailuresExample, TreeFailuresSchema } from './failures-schema.ts'
import { findingsAnswer, findingsSchema } from './findings.ts'
import { maximaOf, type Maxima } from './limits.ts'
import type { TreeSource } from './stream.ts'

/** GET /trees/:id/failures: what failed by itself, and what ran below that nevertheless. */
export const treeFailures: FastifyPluginAsyncTypebox<TreeSource & Maxima & { lookAtLinks: LookAtLinks }> = async (
  app,
  options,
) => {
  const maxima = maximaOf(options)
  const fewLinks = async (): Promise<boolean> => {
    const links = await options.lookAtLinks()
    return links !== null && fewLinksText(links) !== undefined
  }
  app.get(
    '/trees/:id/failures',
    {
      config: { forms: ['json', 'text'], heavy: true },
      schema: {
        operationId: 'getTreeFailures',
        tags: ['trees'],
        summary: 'What failed in a tree by itself, and what ran below that nevertheless',
        description:
          'Root causes are the failures without a failed job, handler or function above them. With what normally follows them and did not, hidden crashes, stale runs, and a verdict in one sentence. As JSON, or by Accept (or format) as text.',
        ...findingsSchema(
          maxima,
          {},
          { schema: TreeFailuresSchema, description: 'The failures of the tree', example: treeFailuresExample },
        ),
      },
    },
    async (request, reply) =>
      findingsAnswer(request, reply, options, {
        id: request.params.id,
        query: request.query,
        maxima,
        read: (db, reading, asked) => readCascade(db, reading, asked, fewLinks),
        lines: cascadeLines,
      }),
  )
}
