import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { changes } from '../../../domain/analysis/changes.ts'
import { Invalid } from '../../../domain/invalid.ts'
import { edgeFigures, readDependencies } from '../../../reading/analysis/dependencies.ts'
import { dependencyDiagram } from '../../forms/dependency-diagram.ts'
import { treeUrl } from '../../links.ts'
import { whileWanted } from '../../protect/connection-shares.ts'
import { notModified, problemResponses } from '../../schemas/problem.ts'
import { EnumParam, Many, Query, TextParam } from '../../schemas/values.ts'
import { DiagramFormat, diagramForms, isDiagram, orDiagram, sendDiagram } from '../diagram-answer.ts'
import { hintOf } from '../hint.ts'
import { listResponse } from '../list-schema.ts'
import { DependenciesSchema, dependenciesExample } from './dependencies-schema.ts'
import { askedFigures, sendFigures, type FiguresOptions } from './figures-answer.ts'
import { CompareParam, figuresParams } from './figures-schema.ts'

const dependencyQuery = (maxPage: number) =>
  Query({
    level: Type.Unsafe<'job' | 'function' | 'both'>({
      ...EnumParam(
        ['both', 'job', 'function'],
        'both: which jobs lead to which functions, and which functions run which jobs; job: which jobs lead to which jobs; function: which functions lead to which functions',
      ),
      default: 'both',
    }),
    around: Type.Optional(TextParam('Only what stands within so many hops of the job or the function of this name')),
    hops: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 10,
        description: 'Steps away from around, in either direction, with which alone it may be given; 1 if left out',
      }),
    ),
    ...CompareParam,
    change: Many(
      EnumParam(changes, 'Only edges of which this became since the window before; brings compareTo=previous with it'),
    ),
    ...figuresParams(maxPage, Object.keys(edgeFigures), '-times'),
    format: DiagramFormat,
  })

/** GET /dependencies: which jobs lead to which functions and jobs, how often, with what failure rate and lag. */
export const dependencies: FastifyPluginAsyncTypebox<FiguresOptions> = async (
  app,
  { db, maxPage, lookAtLinks, rules },
) => {
  app.get(
    '/dependencies',
    {
      config: { forms: ['json', ...diagramForms], heavy: true },
      schema: {
        operationId: 'getDependencies',
        tags: ['analysis'],
        summary: 'Which jobs lead to which functions and jobs, how often, and how',
        description:
          'An edge belongs to the window in which its target began; the last 24 hours unless from, to or window say otherwise. Full hours may have been counted before (page.rollups); where the rest takes longer than 2 s the newest rows alone are counted (page.sampled).',
        querystring: dependencyQuery(maxPage),
        response: {
          200: orDiagram(listResponse(DependenciesSchema, 'A page of edges, and the nodes of it', dependenciesExample)),
          ...notModified,
          ...problemResponses(),
        },
      },
    },
    async (request, reply) => {
      const { level, around, hops, change } = request.query
      if (hops !== undefined && around === undefined)
        throw new Invalid('hops', hops, 'left out, or given together with around')
      const compareTo = change === undefined ? request.query.compareTo : 'previous'
      const found = await readDependencies(
        whileWanted(db, request),
        askedFigures(request),
        {
          level,
          around,
          hops: hops ?? 1,
          compareTo,
          change,
        },
        rules,
      )
      const data = found.data.map(({ sampleId, ...edge }) => ({
        ...edge,
        sampleId,
        sampleTree: treeUrl(sampleId, '?from=root'),
      }))
      const hint = await hintOf(whileWanted(db, request), request, found, { around: ['job', 'function'] }, rules)
      const answer = await sendFigures(request, reply, { ...found, data }, lookAtLinks, hint)
      const { form } = request
      return 'data' in answer && isDiagram(form) ? sendDiagram(reply, form, dependencyDiagram(answer)) : answer
    },
  )
}
