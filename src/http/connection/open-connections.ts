import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { onResponseEnd } from '../lifecycle/on-response-end.ts'

/** The connections of clients. */
export interface OpenConnections {
  /** How many answers each still waits for. */
  answers: Map<Socket, number>
  /** Those that wait for none, longest idle first. */
  idle: Set<Socket>
  /** Leaves one out, whose `close` is still to come. */
  forget: (socket: Socket) => void
}

/** Keeps count from now on. */
export function openConnections({ server }: FastifyInstance): OpenConnections {
  const answers = new Map<Socket, number>()
  const idle = new Set<Socket>()
  const forget = (socket: Socket): void => {
    answers.delete(socket)
    idle.delete(socket)
  }
  const add = (socket: Socket, more: 1 | -1): void => {
    const count = answers.get(socket)
    if (count === undefined) return
    answers.set(socket, count + more)
    if (count + more === 0) idle.add(socket)
    else idle.delete(socket)
  }
  server.on('connection', (socket: Socket) => {
    answers.set(socket, 0)
    idle.add(socket)
    socket.once('close', () => forget(socket))
  })
  server.prependListener('request', ({ socket }: IncomingMessage, raw: ServerResponse) => {
    add(socket, 1)
    onResponseEnd({ raw }, () => add(socket, -1))
  })
  return { answers, idle, forget }
}
