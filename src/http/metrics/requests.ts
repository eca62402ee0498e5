import type { FastifyInstance } from 'fastify'
import type { Families } from './families.ts'

/** Times each answer, by the pattern of its route and its status: what a client sends is never a label. */
export function registerRequestTimes(app: FastifyInstance, { requests, sets }: Families): void {
  app.addHook('onResponse', (request, reply, done) => {
    // What is refused for want of room is counted by itself: timing it would be a part of the overload.
    if (!request.refused) {
      const route = request.routeOptions.url ?? 'none'
      requests.observe(sets.requests.of({ route, status: String(reply.statusCode) }), reply.elapsedTime / 1000)
    }
    done()
  })
}
