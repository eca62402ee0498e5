import type { FastifyInstance } from 'fastify'
import { Problem } from '../../errors.ts'
import { whenOver } from './over.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Holds a connection for long, and much memory: such requests share a small quota. */
    heavy?: boolean
  }
}

const RETRY_SECONDS = 5

/** Lets only so many heavy requests in at once, so that big trees never take all connections from the lists. A place is free again when its answer is over. */
export function registerQuota(app: FastifyInstance, most: number): void {
  let taken = 0
  app.addHook('preHandler', (request, reply, done) => {
    if (request.routeOptions.config.heavy !== true || request.raw.socket.destroyed) return done()
    if (taken >= most) return done(new Problem('unavailable', `${taken} trees or lists of trees are being answered, and no more may be at once`, { retryAfter: RETRY_SECONDS }))
    taken += 1
    whenOver(reply, () => {
      taken -= 1
    })
    done()
  })
}
