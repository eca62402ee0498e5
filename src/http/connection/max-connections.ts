import type { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'
import type { OpenConnections } from './open-connections.ts'
import { countedWarning } from '../lifecycle/counted-warning.ts'

/**
 * Takes `most` connections at once. One more takes the place of the one that has been idle for longest, so that sockets that ask for nothing keep nobody
 * out, health checks least of all; while all of them are being answered it is closed as soon as it comes, for answering it would take a place.
 */
export function registerMaxConnections(
  app: FastifyInstance,
  { unanswered, idle, forget }: OpenConnections,
  most: number,
): void {
  const dropped = countedWarning(
    app,
    'dropped',
    `connections were closed at once, for there are ${most}, all of which are being answered`,
  )
  const replaced = countedWarning(app, 'replaced', `idle connections were closed for new ones, for there are ${most}`)
  app.server.on('connection', (socket: Socket) => {
    if (unanswered.size <= most) return
    const [longest = socket] = idle
    if (longest === socket) dropped()
    else replaced()
    // Its descriptor is free at once; its `close` comes later.
    forget(longest)
    longest.destroy()
  })
  // What accept(2) fails with (no descriptor is left, say) concerns a connection that is not there; unheard, it would end the process.
  const failed = countedWarning(app, 'failed', 'connections could not be accepted')
  app.server.on('error', () => {
    if (app.server.listening) failed()
  })
}
