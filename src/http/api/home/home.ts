import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type, type Static } from 'typebox'
import type { Reader } from '../../../db/db.ts'
import type { RowRules } from '../../../domain/liveness.ts'
import type { LostLinks } from '../../../reading/links/lost.ts'
import { readSamples, type Samples } from '../../../reading/samples.ts'
import { homePage } from './page.ts'
import { forms } from '../../negotiate/content-type.ts'
import { sampleUrls } from '../../links.ts'
import { whileWanted } from '../../protect/connection-shares.ts'
import { TITLE } from '../openapi.ts'
import { HomeSchema, type EndpointSchema } from '../service-schema.ts'
import { problemResponses } from '../../schemas/problem.ts'
import { EnumParam, Query, Ref } from '../../schemas/values.ts'

const HomeQuery = Query({
  format: Type.Optional(EnumParam(['json', 'html'], 'The form of the answer; stands above Accept')),
})
const example = {
  name: TITLE,
  warnings: [],
  endpoints: [{ path: '/trees', what: 'The trees of a window', sample: '/trees?window=24h' }],
}

/** GET /: what there is, each with a sample that this database can answer; a page of links for a browser. */
export const home: FastifyPluginAsyncTypebox<{
  db: Reader
  lost: LostLinks
  notes: readonly string[]
  rules: RowRules
}> = async (app, { db, lost, notes, rules }) => {
  app.get(
    '/',
    {
      config: { forms: ['json', 'html'] },
      schema: {
        operationId: 'getHome',
        tags: ['service'],
        summary: 'The endpoints, each with a sample',
        querystring: HomeQuery,
        response: {
          200: {
            description: 'The endpoints',
            content: {
              'application/json': { schema: Ref(HomeSchema), example },
              'text/html': { schema: Type.String() },
            },
          },
          ...problemResponses(),
        },
      },
    },
    async (request, reply) => {
      const endpoints = endpointsOf(await readSamples(whileWanted(db, request), rules))
      const lostLinks = await lost.look()
      const warnings = lostLinks === undefined ? [...notes] : [...notes, lostLinks]
      request.rows = 1
      if (request.form === 'html')
        return reply
          .type(`${forms.html}; charset=utf-8`)
          .serializer(String)
          .send(homePage(example.name, warnings, endpoints))
      return { name: example.name, warnings, endpoints }
    },
  )
}

function endpointsOf(samples: Samples): Array<Static<typeof EndpointSchema>> {
  const urls = sampleUrls(samples)
  return [
    { path: '/trees', what: 'The trees of a window, by their root: where to begin', sample: urls.trees },
    { path: '/trees/:id', what: 'The execution tree below an invocation or a job', sample: urls.tree },
    { path: '/trees/:id (text)', what: 'The same tree as indented text', sample: urls.treeText },
    { path: '/trees/:id/nodes', what: 'The same tree, line by line, for a program', sample: urls.treeNodes },
    {
      path: '/trees/:id/critical-path',
      what: 'What decided when a tree ended: work and waits',
      sample: urls.criticalPath,
    },
    {
      path: '/trees/:id/failures',
      what: 'What failed in a tree first, and what ran below it',
      sample: urls.treeFailures,
    },
    { path: '/trees/:id/compare', what: 'How a tree differs from what is usual', sample: urls.comparison },
    { path: '/chains', what: 'Which job led to which function', sample: urls.chains },
    { path: '/links', what: 'Links that the writer lost, and what became of them', sample: urls.links },
    { path: '/dependencies', what: 'What leads to what: how often, failure rate, lag', sample: urls.dependencies },
    { path: '/invocations', what: 'What a job triggered; what happened in a window', sample: urls.invocations },
    { path: '/invocations/:id', what: 'One invocation, with all that is around it', sample: urls.invocation },
    { path: '/jobs', what: 'The jobs of an invocation, or of a window', sample: urls.jobs },
    { path: '/jobs/:id', what: 'One job, and what it triggered', sample: urls.job },
    { path: '/events', what: 'What was detected: in a window, or in an invocation', sample: urls.events },
    { path: '/events/:id', what: 'One event, and the jobs that its handler ran', sample: urls.event },
    { path: '/search', what: 'Where an id, a record, a name or a message is', sample: urls.search },
    { path: '/records/:table/:recordId', what: 'The history of one record', sample: urls.record },
    { path: '/correlations/:correlationId', what: 'All trees of a correlation id', sample: urls.correlation },
    { path: '/totals', what: 'What happened in a window as a whole, and before', sample: urls.totals },
    { path: '/names', what: 'What there is to filter by', sample: urls.names },
    { path: '/jobs/stats', what: 'Runs of each job: failures, percentiles, what is stuck', sample: urls.jobStats },
    { path: '/functions/stats', what: 'The same of each function', sample: urls.functionStats },
    { path: '/events/stats', what: 'The same of each event, and what never fired', sample: urls.eventStats },
    { path: '/failures', what: 'What failed and why, grouped by cause', sample: urls.failures },
    {
      path: '/critical-paths',
      what: 'How long runs took from end to end, and what cost most',
      sample: urls.criticalPaths,
    },
    { path: '/shapes', what: 'The trees of a window by their structure', sample: urls.shapes },
    { path: '/missing', what: 'What normally follows, and did not', sample: urls.missing },
    { path: '/health/live', what: 'The process answers', sample: urls.live },
    { path: '/health/ready', what: 'The database answers too', sample: urls.ready },
    { path: '/openapi.json', what: 'OpenAPI 3.1 of all this', sample: urls.openapi },
    { path: '/docs', what: 'The same to read, and to try', sample: urls.docs },
  ]
}
