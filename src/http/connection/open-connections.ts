import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { networkOf } from './address.ts'
import { onResponseEnd } from '../lifecycle/on-response-end.ts'

/** The connections of clients. */
export interface OpenConnections {
  /** The requests of each that are not answered yet. */
  unanswered: Map<Socket, Set<IncomingMessage>>
  /** Those without any, longest idle first. */
  idle: Set<Socket>
  /** The connections of the address of this one, itself among them. */
  ofAddress: (socket: Socket) => AddressConnections
  /** Leaves one out, whose `close` is still to come. */
  forget: (socket: Socket) => void
  /** Does this when all requests of the connection are answered, at once if they are; never if it ends before. Only the first call counts. */
  onceAnswered: (socket: Socket, then: () => void) => void
}

/** The connections of one address. */
export interface AddressConnections {
  address: string
  open: Set<Socket>
  idle: Set<Socket>
}

/** Keeps count from now on. */
export function openConnections({ server }: FastifyInstance): OpenConnections {
  const unanswered = new Map<Socket, Set<IncomingMessage>>()
  const idle = new Set<Socket>()
  const atLast = new WeakMap<Socket, () => void>()
  const addresses = new Map<string, AddressConnections>()
  const addressOf = new WeakMap<Socket, AddressConnections>()
  const forget = (socket: Socket): void => {
    unanswered.delete(socket)
    idle.delete(socket)
    const own = ofAddress(socket)
    own.open.delete(socket)
    own.idle.delete(socket)
    if (own.open.size === 0 && addresses.get(own.address) === own) addresses.delete(own.address)
  }
  const ofAddress = (socket: Socket): AddressConnections => {
    const known = addressOf.get(socket)
    if (known) return known
    const address = networkOf(socket.remoteAddress ?? '')
    const found = addresses.get(address) ?? { address, open: new Set(), idle: new Set() }
    addresses.set(address, found)
    addressOf.set(socket, found)
    return found
  }
  const setIdle = (socket: Socket): void => {
    idle.add(socket)
    ofAddress(socket).idle.add(socket)
  }
  const answered = (socket: Socket, request: IncomingMessage): void => {
    const requests = unanswered.get(socket)
    requests?.delete(request)
    if (requests?.size !== 0) return
    setIdle(socket)
    atLast.get(socket)?.()
  }
  server.on('connection', (socket: Socket) => {
    const requests = new Set<IncomingMessage>()
    unanswered.set(socket, requests)
    ofAddress(socket).open.add(socket)
    setIdle(socket)
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
    ofAddress(socket).idle.delete(socket)
    onResponseEnd({ raw }, () => answered(socket, request))
  })
  const onceAnswered = (socket: Socket, then: () => void): void => {
    if (atLast.has(socket)) return
    atLast.set(socket, then)
    if (unanswered.get(socket)?.size === 0) then()
  }
  return { unanswered, idle, ofAddress, forget, onceAnswered }
}
