import type { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { progressed, type Progress } from '../../domain/overload/progress.ts'
import { countedWarning } from '../lifecycle/counted-warning.ts'
import type { OpenConnections } from './open-connections.ts'
import { takenOf } from './taken.ts'

/** How often it is looked what the clients have taken, ms. */
const EVERY = 500
/** How long a client may stall while its connection is wanted for a new one, ms. */
const WANTED = 2000

export interface StalledConnections {
  /** Cuts off the first of these whose client has stalled for two seconds; whether there is one. */
  cutOffOne: (sockets: Iterable<Socket>) => boolean
}

/**
 * Cuts off connections whose client does not read its answers: after `stall` ms, or after two seconds if its connection is wanted. To have stalled means to
 * have taken less than 64 KiB in that time while there was something to take. Answers of every kind count: without this, thousands of lists that nobody
 * reads held all connections for as long as an answer may take.
 */
export function watchConnections(
  app: FastifyInstance,
  { unanswered, forget }: OpenConnections,
  stall: number,
): StalledConnections {
  const progress = new WeakMap<Socket, Progress>()
  const stalled = countedWarning(app, 'stalled', 'connections were cut off: their clients did not read the answers')
  /** For how long it has stalled, ms. */
  const look = (socket: Socket, now: number): number => {
    const taken = takenOf(socket)
    const pending = socket.writableLength > 0
    const seen = progressed(progress.get(socket) ?? { since: now, taken }, { now, taken, pending })
    progress.set(socket, seen)
    return now - seen.since
  }
  const cutOff = (socket: Socket): void => {
    stalled()
    forget(socket)
    socket.destroy()
  }
  const timer = setInterval(() => {
    const now = performance.now()
    for (const [socket, { size }] of unanswered) if (size > 0 && look(socket, now) >= stall) cutOff(socket)
  }, EVERY).unref()
  app.addHook('onClose', (_app, done) => {
    clearInterval(timer)
    done()
  })
  return {
    cutOffOne(sockets) {
      const now = performance.now()
      for (const socket of sockets) {
        // What has stalled now had at the last look too, and most have not.
        const { since } = progress.get(socket) ?? { since: now }
        if (now - since < WANTED || look(socket, now) < WANTED) continue
        cutOff(socket)
        return true
      }
      return false
    },
  }
}
