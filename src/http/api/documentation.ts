import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import swaggerUi from '@fastify/swagger-ui'
import { Type } from 'typebox'
import { FormatParam } from '../schemas/values.ts'

/** GET /openapi.json, and pages to try it on at /docs: served from here, so they work offline, and open to all. */
export const documentation: FastifyPluginAsyncTypebox<{ title: string }> = async (app, { title }) => {
  // Compressing the bundle of the pages would take 58 ms of CPU for each who asks.
  app.decorate('configOf', (url: string) => ({ scope: null, compressed: !url.startsWith('/docs/static/') }))
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    theme: { title },
    uiConfig: { layout: 'BaseLayout', tryItOutEnabled: true, docExpansion: 'list' },
  })
  app.get(
    '/openapi.json',
    { schema: { hide: true, querystring: Type.Object(FormatParam, { additionalProperties: false }) } },
    () => app.swagger(),
  )
}
