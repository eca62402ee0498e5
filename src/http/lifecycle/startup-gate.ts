import type { FastifyInstance } from 'fastify'
import { Problem } from '../problems/problem.ts'

/** What the service is doing; `main` moves it on. Anything but `ready` is answered with 503. */
export interface Stage {
  name: 'starting' | 'migrating' | 'loading demo data' | 'ready' | 'stopping'
}

declare module 'fastify' {
  interface FastifyInstance {
    stage: Stage
  }
  interface FastifyContextConfig {
    /** It is answered at every stage. */
    duringStart?: boolean
  }
}

/** The process listens before its database is there, so a long index build never fails a liveness probe: only what is marked `duringStart` is answered. */
export function registerStartupGate(app: FastifyInstance, stage: Stage): void {
  app.decorate('stage', stage)
  app.addHook('onRequest', (request, _reply, done) => {
    if (stage.name === 'ready' || request.routeOptions.config.duringStart === true) done()
    else done(new Problem('unavailable', `The service is ${stage.name}`))
  })
}
