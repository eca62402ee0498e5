import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { whenOver } from './over.ts'

const EVERY = 50

/**
 * When the server closes, connections end as soon as nothing more is to be sent on them, and all of them after `grace` ms.
 * Node's own takes an answer that has been written for one that has been sent, and waits for a connection that has not asked for anything.
 */
export function registerDraining(app: FastifyInstance, grace: number): void {
  const answers = answersOf(app)
  app.server.closeIdleConnections = () => {
    for (const [socket, count] of answers) if (count === 0) socket.destroy()
  }
  app.addHook('preClose', async () => {
    if (!app.server.listening) return
    // One that is answered later would be kept for its next request, and hold up the stop.
    const idle = setInterval(() => app.server.closeIdleConnections(), EVERY)
    const rest = setTimeout(() => {
      if (answers.size > 0) app.log.warn({ connections: answers.size }, 'answers were cut off that took too long for the stop')
      app.server.closeAllConnections()
    }, grace)
    app.server.once('close', () => {
      clearInterval(idle)
      clearTimeout(rest)
    })
  })
}

/** How many answers each open connection still waits for. */
function answersOf({ server }: FastifyInstance): Map<Socket, number> {
  const answers = new Map<Socket, number>()
  const add = (socket: Socket, more: 1 | -1): void => {
    const count = answers.get(socket)
    if (count !== undefined) answers.set(socket, count + more)
  }
  server.on('connection', (socket: Socket) => {
    answers.set(socket, 0)
    socket.once('close', () => answers.delete(socket))
  })
  server.prependListener('request', ({ socket }: IncomingMessage, raw: ServerResponse) => {
    add(socket, 1)
    whenOver({ raw }, () => add(socket, -1))
  })
  return answers
}
