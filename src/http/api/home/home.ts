import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type, type Static } from 'typebox'
import type { Db } from '../../../db/db.ts'
import { addMs, instantOf, isBefore } from '../../../domain/instant.ts'
import { readSamples, type InvocationSample, type Samples } from '../../../reading/samples.ts'
import { homePage } from './page.ts'
import { forms } from '../../negotiate/content-type.ts'
import { whileWanted } from '../../protect/connection-shares.ts'
import { HomeSchema, type EndpointSchema } from '../service-schema.ts'
import { problemResponses } from '../../schemas/problem.ts'
import { EnumParam, Query, Ref } from '../../schemas/values.ts'

const HomeQuery = Query({ format: Type.Optional(EnumParam(['json', 'html'], 'The form of the answer; stands above Accept')) })
const example = { name: 'Event Detector Observability', endpoints: [{ path: '/trees', what: 'The trees of a window', sample: '/trees?window=24h' }] }

const HOUR = 3_600_000
const DAY = 24 * HOUR

/** GET /: what there is, each with a sample that this database can answer; a page of links for a browser. */
export const home: FastifyPluginAsyncTypebox<{ db: Db }> = async (app, { db }) => {
  app.get('/', {
    config: { forms: ['json', 'html'] },
    schema: {
      operationId: 'getHome', tags: ['service'], summary: 'The endpoints, each with a sample',
      querystring: HomeQuery,
      response: { 200: { description: 'The endpoints', content: { 'application/json': { schema: Ref(HomeSchema), example }, 'text/html': { schema: Type.String() } } }, ...problemResponses() },
    },
  }, async (request, reply) => {
    const endpoints = endpointsOf(await readSamples(whileWanted(db, request)))
    request.rows = 1
    if (request.form === 'html') return reply.type(`${forms.html}; charset=utf-8`).serializer(String).send(homePage(example.name, endpoints))
    return { name: example.name, endpoints }
  })
}

function endpointsOf({ root, triggered, job }: Samples): Array<Static<typeof EndpointSchema>> {
  const invocation = triggered ?? root
  return [
    { path: '/trees', what: 'The trees of a window, by their root: where to begin', sample: root ? `/trees?${dayUntil(root)}` : null },
    { path: '/trees/:id', what: 'The execution tree below an invocation or a job', sample: invocation ? `/trees/${invocation.id}?from=root` : null },
    { path: '/trees/:id (text)', what: 'The same tree as indented text', sample: invocation ? `/trees/${invocation.id}?from=root&format=text` : null },
    { path: '/chains', what: 'Which job led to which function', sample: triggered ? `/chains?${dayUntil(triggered)}` : null },
    { path: '/invocations', what: 'What a job triggered; what happened in a window', sample: triggered && job ? `/invocations?sourceJobId=${job.id}` : root ? `/invocations?${dayUntil(root)}` : null },
    { path: '/invocations/:id', what: 'One invocation, with all that is around it', sample: invocation ? `/invocations/${invocation.id}` : null },
    { path: '/jobs', what: 'The jobs of an invocation, or of a window', sample: job ? `/jobs?invocationId=${job.invocationId}` : null },
    { path: '/jobs/:id', what: 'One job, and what it triggered', sample: job ? `/jobs/${job.id}` : null },
    { path: '/health/live', what: 'The process answers', sample: '/health/live' },
    { path: '/health/ready', what: 'The database answers too', sample: '/health/ready' },
    { path: '/openapi.json', what: 'OpenAPI 3.1 of all this', sample: '/openapi.json' },
    { path: '/docs', what: 'The same to read, and to try', sample: '/docs' },
  ]
}

/** The last 24 hours, or the day up to a row that is older than half of them: the link still leads to it when it is followed later. */
function dayUntil({ createdAt: at }: InvocationSample): string {
  return isBefore(addMs(instantOf(Date.now()), -12 * HOUR), at) ? 'window=24h' : `from=${addMs(at, -DAY)}&to=${addMs(at, 1)}`
}
