import type { FastifyInstance } from 'fastify'

declare module 'fastify' {
  interface FastifyInstance {
    /** What the config of a route of this scope says, by its URL: for the routes of a library, which cannot say it themselves. A scope decorates itself with its own. */
    configOf: (url: string) => FastifyContextConfig
  }
}

/**
 * A route says in its `config` what holds of it: `scope`, `duringStart`, `unlimited`, `heavy`, `forms`, `compressed`, each explained beside the
 * plugin that reads it. No plugin looks at the URL. This has to be registered before all that read the config when a route is added.
 */
export function registerRouteConfig(app: FastifyInstance): void {
  app.decorate('configOf', () => ({}))
  app.addHook('onRoute', function (this: FastifyInstance, route) {
    route.config = { ...this.configOf(route.url), ...route.config }
  })
}
