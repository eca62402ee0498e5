import { monitorEventLoopDelay } from 'node:perf_hooks'
import { getHeapStatistics } from 'node:v8'
import type { FastifyInstance } from 'fastify'

/** How the process does. */
export interface ProcessLoad {
  /** Mean lateness of the event loop over the last second, ms. */
  delay: number
  /** Used heap of Node, bytes. */
  heap: number
  /** Resident memory, bytes. */
  memory: number
}

/** How often it is looked at, ms. */
export const EVERY = 1000
/** How often the event loop is, ms. */
const RESOLUTION = 10

/**
 * Looks at the process each second until the app closes. Resident memory is read from a file, which fails without a free descriptor; the last figure
 * stays then. (@fastify/under-pressure 9.2 reads it in a timer that nobody guards: 4,096 idle sockets at `ulimit -n 4096` ended the process.)
 */
export function processLoad(app: FastifyInstance): Readonly<ProcessLoad> {
  const lateness = monitorEventLoopDelay({ resolution: RESOLUTION })
  lateness.enable()
  const load: ProcessLoad = { delay: 0, heap: 0, memory: 0 }
  let told = false
  const timer = setInterval(() => {
    load.delay = lateness.count === 0 ? Infinity : Math.max(0, lateness.mean / 1e6 - RESOLUTION)
    load.heap = getHeapStatistics().used_heap_size
    lateness.reset()
    try {
      load.memory = process.memoryUsage.rss()
      told = false
    } catch (err) {
      if (!told) app.log.error({ err }, 'resident memory cannot be read; the last figure counts until it can')
      told = true
    }
  }, EVERY).unref()
  app.addHook('onClose', (_app, done) => {
    clearInterval(timer)
    lateness.disable()
    done()
  })
  return load
}
