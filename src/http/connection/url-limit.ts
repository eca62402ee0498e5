import type { FastifyInstance } from 'fastify'
import { Problem } from '../problems/problem.ts'

/** Refuses requests whose path and query are longer than `most` characters. */
export function registerUrlLimit(app: FastifyInstance, most: number): void {
  app.addHook('onRequest', ({ url }, _reply, done) => {
    if (url.length > most)
      done(new Problem('uri-too-long', `The path and query are ${url.length} characters long; allowed are ${most}`))
    else done()
  })
}
