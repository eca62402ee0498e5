import type { Socket } from 'node:net'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { onResponseEnd } from '../lifecycle/on-response-end.ts'
import type { Refuse } from './refusal.ts'
import { sharedRoom } from './shared-room.ts'

/** Requests of one connection that are worked on at once. A client may send any number without waiting for the answers (pipelining). */
export const MOST_AT_ONCE = 10
/** With so many waiting nothing more is read from the connection. (Not sooner: a client that leaves is noticed by reading.) */
const READ_AHEAD = 100
/** Of all connections together: each costs 5 kB, and one piece of 64 KiB from a connection brings up to 2,000 of them. Beyond them a client may still have its equal part. */
export const MOST_WAITING = 10_000

interface Connection {
  /** Requests whose answers have not been sent. */
  open: number
  /** Those that have not been looked at yet, in their order. */
  waiting: Array<() => void>
  /** Whose they are. */
  client: string
}

/**
 * Lets further requests of a connection wait until earlier ones are answered: they cannot be answered before those anyhow.
 * `clientOf` tells whose a connection is, before it is known whether its keys are taken.
 */
export function registerPipelining(
  app: FastifyInstance,
  refuse: Refuse,
  clientOf: (request: FastifyRequest) => string,
): void {
  const connections = new WeakMap<Socket, Connection>()
  const room = sharedRoom(MOST_WAITING)
  const connectionOf = (request: FastifyRequest): Connection => {
    const { socket } = request.raw
    const known = connections.get(socket)
    if (known) return known
    const connection: Connection = { open: 0, waiting: [], client: clientOf(request) }
    connections.set(socket, connection)
    // Node resumes after each answer.
    socket.on('resume', () => holdBack(socket, connection))
    socket.once('close', () => {
      room.give(connection.client, connection.waiting.length)
      connection.waiting = []
    })
    return connection
  }
  const goOn = (socket: Socket, { waiting, client }: Connection): void => {
    const next = socket.destroyed ? undefined : waiting.shift()
    if (next === undefined) return
    room.give(client, 1)
    if (waiting.length === READ_AHEAD - 1) socket.resume()
    next()
  }
  app.addHook('onRequest', (request, reply, done) => {
    const { socket } = request.raw
    const connection = connectionOf(request)
    const begin = (): void => {
      connection.open += 1
      onResponseEnd(reply, () => {
        connection.open -= 1
        goOn(socket, connection)
      })
      done()
    }
    if (connection.open < MOST_AT_ONCE) return begin()
    if (!room.take(connection.client))
      return refuse(request, reply, {
        detail: `${connection.open} requests of this connection are not answered yet, and ${room.taken()} requests of all connections wait for earlier ones of theirs, ${room.taken(connection.client)} of them for this address`,
        wait: 0,
      })
    connection.waiting.push(begin)
    holdBack(socket, connection)
  })
}

function holdBack(socket: Socket, { waiting }: Connection): void {
  if (waiting.length >= READ_AHEAD) socket.pause()
}
