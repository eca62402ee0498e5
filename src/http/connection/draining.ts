import type { FastifyInstance } from 'fastify'
import type { OpenConnections } from './open-connections.ts'

const EVERY = 50

/**
 * When the server closes, connections end as soon as nothing more is to be sent on them, and all of them after `grace` ms.
 * Node's own takes an answer that has been written for one that has been sent, and waits for a connection that has not asked for anything.
 */
export function registerDraining(app: FastifyInstance, { unanswered, idle }: OpenConnections, grace: number): void {
  app.server.closeIdleConnections = () => {
    for (const socket of idle) socket.destroy()
  }
  app.addHook('preClose', async () => {
    if (!app.server.listening) return
    // One that is answered later would be kept for its next request, and hold up the stop.
    const sweep = setInterval(() => app.server.closeIdleConnections(), EVERY)
    const rest = setTimeout(() => {
      if (unanswered.size > 0)
        app.log.warn({ connections: unanswered.size }, 'answers were cut off that took too long for the stop')
      app.server.closeAllConnections()
    }, grace)
    app.server.once('close', () => {
      clearInterval(sweep)
      clearTimeout(rest)
    })
  })
}
