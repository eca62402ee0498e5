import type { FastifyInstance } from 'fastify'
import { Problem } from './problem.ts'

/** A path that no route has is answered with `not-found` (404). */
export function answerUnknownPaths(app: FastifyInstance): void {
  app.setNotFoundHandler((request) => {
    throw new Problem(
      'not-found',
      `No resource at ${request.url.split('?')[0]?.slice(0, 200)}; GET / lists what there is`,
    )
  })
}
