import { readFile } from 'node:fs/promises'
import swagger from '@fastify/swagger'
import type { FastifyInstance } from 'fastify'
import { components } from './components.ts'

/** Of the whole service, in the document and above its pages. */
export const TITLE = 'Event Detector Observability'

const info = (version: string) => ({
  title: TITLE,
  version,
  description:
    'Which jobs triggered which invocations, as links and as trees, from the rows that Event Detector writes.',
  license: { name: 'MIT', identifier: 'MIT' },
})

const tags = [
  { name: 'trees', description: 'Whole executions' },
  { name: 'chains', description: 'Job-to-job links' },
  { name: 'links', description: 'Links that the writer lost' },
  { name: 'analysis', description: 'What leads to what, why things fail, and how it compares' },
  { name: 'search', description: 'Where something is that somebody names' },
  { name: 'invocations', description: 'Calls of functions' },
  { name: 'events', description: 'Event modules that were checked' },
  { name: 'jobs', description: 'Runs of jobs' },
  { name: 'service', description: 'The service itself' },
]

const securitySchemes = {
  bearer: {
    type: 'http',
    scheme: 'bearer',
    description:
      'An API key, or a JWT. What each operation needs of its scopes (read, read:payload, metrics) stands beside it.',
  },
} as const

/** As far from here as from what the build makes of it. */
const PACKAGE = new URL('../../../package.json', import.meta.url)

/** OpenAPI 3.1 of the routes that have tags; `app.swagger()` gives it. To be registered before these. Resolves to the version of the service. */
export async function registerOpenapi(app: FastifyInstance): Promise<string> {
  for (const schema of components) app.addSchema(schema)
  const { version } = JSON.parse(await readFile(PACKAGE, 'utf8')) as { version: string }
  await app.register(swagger, {
    hideUntagged: true,
    openapi: { openapi: '3.1.0', info: info(version), servers: [{ url: '/' }], tags, components: { securitySchemes } },
    refResolver: {
      buildLocalReference: (json, _baseUri, _fragment, i) =>
        typeof json['$id'] === 'string' ? json['$id'] : `schema-${i}`,
    },
  })
  return version
}
