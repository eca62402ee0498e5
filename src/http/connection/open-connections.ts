import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { onResponseEnd } from '../lifecycle/on-response-end.ts'

/** The connections of clients. */
export interface OpenConnections {
  /** The requests of each that are not answered yet. */
  unanswered: Map<Socket, Set<IncomingMessage>>
  /** Those without any, longest idle first. */
  idle: Set<Socket>
  /** Leaves one out, whose `close` is still to come. */
  forget: (socket: Socket) => void
  /** Does this when all requests of the connection are answered, at once if they are; never if it ends before. Only the first call counts. */
  onceAnswered: (socket: Socket, then: () => void) => void
}

/** Keeps count from now on. */
export function openConnections({ server }: FastifyInstance): OpenConnections {
  const unanswered = new Map<Socket, Set<IncomingMessage>>()
  const idle = new Set<Socket>()
  const atLast = new WeakMap<Socket, () => void>()
  const forget = (socket: Socket): void => {
    unanswered.delete(socket)
    idle.delete(socket)
  }
  const answered = (socket: Socket, request: IncomingMessage): void => {
    const requests = unanswered.get(socket)
    requests?.delete(request)
    if (requests?.size !== 0) return
    idle.add(socket)
    atLast.get(socket)?.()
  }
  server.on('connection', (socket: Socket) => {
    const requests = new Set<IncomingMessage>()
    unanswered.set(socket, requests)
    idle.add(socket)
    socket.once('close', () => {
      forget(socket)
      // Node does so itself, but not after a CONNECT: those behind the first would keep their places for ever.
      for (const request of requests) request.destroy()
    })
  })
  server.prependListener('request', (request: IncomingMessage, raw: ServerResponse) => {
    const { socket } = request
    unanswered.get(socket)?.add(request)
    idle.delete(socket)
    onResponseEnd({ raw }, () => answered(socket, request))
  })
  const onceAnswered = (socket: Socket, then: () => void): void => {
    if (atLast.has(socket)) return
    atLast.set(socket, then)
    if (unanswered.get(socket)?.size === 0) then()
  }
  return { unanswered, idle, forget, onceAnswered }
}
