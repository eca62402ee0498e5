import { getHeapStatistics } from 'node:v8'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Limits } from './limits.ts'
import { whenOver } from './over.ts'
import { processLoad } from './process-load.ts'
import { refuser } from './refusal.ts'
import type { Stage } from './stage.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Makes room for the next request: the work on this one is done. */
    worked: (() => void) | null
  }
}

/** The event loop was late while the service started; the look that is taken each second still says so for a while. ms */
const SETTLING = 2000
// Node collects garbage ever more often as the heap fills, and ends the process when it is full.
const HEAP = Math.floor(0.9 * getHeapStatistics().heap_size_limit)

/**
 * Refuses at once what would only queue: while the event loop is late or memory is short (measured each second), and while too many requests
 * are being worked on (known for each request: a look at the pool each second would let in a second of requests, or none).
 * Health is answered, or whoever restarts what is not healthy would make it worse.
 */
export function registerPressure(app: FastifyInstance, stage: Stage, { concurrent, delay, memory }: Limits): void {
  const refuse = refuser(app)
  let readyAt: number | undefined
  const settling = (): boolean => stage.name !== 'ready' || performance.now() - (readyAt ??= performance.now()) < SETTLING
  const load = processLoad(app)
  app.addHook('onRequest', (request, reply, done) => {
    if (isHealth(request)) done()
    else if (delay > 0 && load.delay > delay && !settling()) refuse(request, reply, 'The service has more to do than it can keep up with')
    else if (load.heap > HEAP || load.memory > memory) refuse(request, reply, 'The service is short of memory')
    else done()
  })
  let working = 0
  app.decorateRequest('worked', null)
  app.addHook('onRequest', (request, reply, done) => {
    if (isHealth(request)) return done()
    if (working >= concurrent) return refuse(request, reply, `${working} requests are being worked on, and no more may be at once`)
    working += 1
    request.worked = () => {
      working -= 1
      request.worked = null
    }
    whenOver(reply, () => request.worked?.())
    done()
  })
  // What is only being read any more (by a slow reader, perhaps) keeps nobody out.
  app.addHook('onSend', (request, _reply, _payload, done) => {
    request.worked?.()
    done()
  })
}

/** Is never refused for what others do. */
export function isHealth({ routeOptions }: FastifyRequest): boolean {
  return routeOptions.url?.startsWith('/health/') ?? false
}
