import { METHODS } from 'node:http'
import type { FastifyInstance } from 'fastify'
import { Problem } from './problem.ts'

export const ALLOWED = 'GET, HEAD'

/** A known path answers a wrong method with 405 and Allow; Fastify alone would say 404. Below a path that ends in `*` every name counts as known. */
export function refuseOtherMethods(app: FastifyInstance): void {
  const others = METHODS.filter((method) => !['GET', 'HEAD', 'CONNECT'].includes(method))
  for (const method of others) if (!app.supportedMethods.includes(method)) app.addHttpMethod(method)
  app.addHook('onRoute', ({ method, url, prefix, config = {}, constraints = {} }) => {
    // The files of the documentation are one route of both methods.
    if (![method].flat().includes('GET')) return
    app.route({
      method: others,
      url: url.startsWith(prefix) ? url : `${prefix}${url}`,
      schema: { hide: true },
      config,
      constraints,
      onRequest: (request) => {
        throw notAnswered(request.method)
      },
      handler: () => undefined,
    })
  })
}

export function notAnswered(method: string): Problem {
  return new Problem('method-not-allowed', `${method} is not answered here; allowed are GET and HEAD`, {
    headers: { allow: ALLOWED },
  })
}
