import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import type { Db } from '../../db/db.ts'
import { addMs, instant, instantOf } from '../../domain/instant.ts'
import { newestSample, type Sample } from '../../queries/samples.ts'
import { homePage } from '../home-page.ts'
import { forms } from '../plugins/forms.ts'
import { whileWanted } from '../plugins/leaving.ts'
import { problemResponses } from '../schemas/problem.ts'
import { EnumParam } from '../schemas/values.ts'

const Endpoint = Type.Object({ path: Type.String(), what: Type.String(), sample: Type.String({ description: 'A request that this database can answer' }) })
const Home = Type.Object({ name: Type.String(), endpoints: Type.Array(Endpoint) })
const HomeQuery = Type.Object({ format: Type.Optional(EnumParam(['json', 'html'], 'The form of the answer; stands above Accept')) }, { additionalProperties: false })
const example = { name: 'Event Detector Observability', endpoints: [{ path: '/trees', what: 'The trees of a window', sample: '/trees?window=24h' }] }

const NOBODY = '00000000-0000-0000-0000-000000000000'
const DAY = 86_400_000

/** GET /: what there is, each with a sample that this database can answer; a page of links for a browser. */
export const home: FastifyPluginAsyncTypebox<{ db: Db }> = async (app, { db }) => {
  app.get('/', {
    config: { forms: ['json', 'html'] },
    schema: {
      operationId: 'getHome', tags: ['service'], summary: 'The endpoints, each with a sample',
      querystring: HomeQuery,
      response: { 200: { description: 'The endpoints', content: { 'application/json': { schema: Home, example }, 'text/html': { schema: Type.String() } } }, ...problemResponses() },
    },
  }, async (request, reply) => {
    const sample = await newestSample(whileWanted(db, request))
    const { invocation = NOBODY, job } = sample ?? {}
    const day = dayUntil(sample)
    const endpoints = [
      { path: '/trees', what: 'The trees of a window, by their root: where to begin', sample: `/trees?${day}` },
      { path: '/trees/:id', what: 'The execution tree below an invocation or a job', sample: `/trees/${invocation}?from=root` },
      { path: '/trees/:id (text)', what: 'The same tree as indented text', sample: `/trees/${invocation}?from=root&format=text` },
      { path: '/chains', what: 'Which job led to which function', sample: `/chains?${day}` },
      { path: '/invocations', what: 'What a job triggered; what happened in a window', sample: `/invocations?sourceJobId=${job ?? NOBODY}` },
      { path: '/invocations/:id', what: 'One invocation, with all that is around it', sample: `/invocations/${invocation}` },
      { path: '/jobs', what: 'The jobs of an invocation, or of a window', sample: `/jobs?status=failed&${day}` },
      { path: '/jobs/:id', what: 'One job, and what it triggered', sample: `/jobs/${job ?? NOBODY}` },
      { path: '/health/live', what: 'The process answers', sample: '/health/live' },
      { path: '/health/ready', what: 'The database answers too', sample: '/health/ready' },
      { path: '/openapi.json', what: 'OpenAPI 3.1 of all this', sample: '/openapi.json' },
      { path: '/docs', what: 'The same to read, and to try', sample: '/docs' },
    ]
    request.rows = 1
    if (request.form === 'html') return reply.type(`${forms.html}; charset=utf-8`).serializer(String).send(homePage(example.name, endpoints))
    return { name: example.name, endpoints }
  })
}

/** The last 24 hours, or the last day in which this database has anything to show. */
function dayUntil(sample: Sample | undefined): string {
  const newest = sample && instant(sample.createdAt)
  if (newest === undefined || newest > addMs(instantOf(Date.now()), -DAY)) return 'window=24h'
  return `from=${addMs(newest, -DAY)}&to=${addMs(newest, 1)}`
}
