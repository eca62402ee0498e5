import { getHeapStatistics } from 'node:v8'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Limits } from './limits.ts'
import { EVERY, processLoad, type ProcessLoad } from './process-load.ts'
import type { Refuse } from '../connection/refusal.ts'
import type { Stage } from '../lifecycle/startup-gate.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** It is never refused for what others do, and does not count: whoever restarts what is not healthy would make an overload worse. */
    unlimited?: boolean
  }
}

/** The event loop was late while the service started; the look that is taken each second still says so for a while. ms */
const SETTLING = 2000
// Node collects garbage ever more often as the heap fills, and ends the process when it is full.
const HEAP = Math.floor(0.9 * getHeapStatistics().heap_size_limit)

/**
 * Refuses at once what would only make it worse: while the event loop is late or memory is short (measured each second).
 * What is marked `unlimited` is answered. Returns what it sees.
 */
export function registerLoadShedding(
  app: FastifyInstance,
  stage: Stage,
  { delay, memory }: Limits,
  refuse: Refuse,
): Readonly<ProcessLoad> {
  let readyAt: number | undefined
  const settling = (): boolean =>
    stage.name !== 'ready' || performance.now() - (readyAt ??= performance.now()) < SETTLING
  const load = processLoad(app)
  app.addHook('onRequest', (request, reply, done) => {
    if (isUnlimited(request)) done()
    else if (delay > 0 && load.delay > delay && !settling())
      refuse(request, reply, { detail: 'The service has more to do than it can keep up with', wait: EVERY })
    else if (load.heap > HEAP || load.memory > memory)
      refuse(request, reply, { detail: 'The service is short of memory', wait: EVERY })
    else done()
  })
  return load
}

/** Is never refused for what others do. */
export function isUnlimited({ routeOptions }: FastifyRequest): boolean {
  return routeOptions.config.unlimited === true
}
