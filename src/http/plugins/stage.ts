import type { FastifyInstance } from 'fastify'
import { Problem } from '../../errors.ts'

/** What the service is doing; `main` moves it on. Anything but `ready` is answered with 503. */
export interface Stage {
  name: 'starting' | 'migrating' | 'loading demo data' | 'ready' | 'stopping'
}

const RETRY_SECONDS = 2

/** The process listens before its database is there, so a long index build never fails a liveness probe: only that one is answered. */
export function registerStage(app: FastifyInstance, stage: Stage): void {
  app.addHook('onRequest', (request, _reply, done) => {
    if (stage.name === 'ready' || request.routeOptions.url === '/health/live') done()
    else done(new Problem('unavailable', `The service is ${stage.name}`, { retryAfter: RETRY_SECONDS }))
  })
}
