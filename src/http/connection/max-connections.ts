import { BlockList, isIPv6, type Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { countedWarning } from '../lifecycle/counted-warning.ts'
import type { OpenConnections } from './open-connections.ts'
import type { Refuse } from './refusal.ts'
import type { StalledConnections } from './stalled-connections.ts'

/** Taken beyond all others, so that health can be asked at any time. */
const FOR_HEALTH = 16

interface MaxConnections {
  /** At once. */
  connections: number
  /** Of one address. */
  connectionsPerAddress: number
  /** Addresses and networks that bring the connections of many clients, and may have all. */
  proxies: readonly string[]
}

/**
 * Takes so many connections at once, and so many of one address. One more takes the place of the one (of that address) that has been idle for longest,
 * or whose client does not read; while all are being answered it is taken for health alone: what else it asks is 503, and it is closed after that.
 */
export function registerMaxConnections(
  app: FastifyInstance,
  { unanswered, idle, ofAddress, forget }: OpenConnections,
  stalled: StalledConnections,
  refuse: Refuse,
  { connections: most, connectionsPerAddress: share, proxies }: MaxConnections,
): void {
  const isProxy = among(proxies)
  /** Those that are taken for health alone, and why. */
  const forHealth = new Map<Socket, string>()
  const replaced = countedWarning(app, 'replaced', 'idle connections were closed for new ones')
  const dropped = countedWarning(app, 'dropped', 'connections were closed, for all that may be are being answered')
  const end = (socket: Socket): void => {
    // Its descriptor is free at once; its `close` comes later.
    forget(socket)
    forHealth.delete(socket)
    socket.destroy()
  }
  const makeRoom = (socket: Socket, waiting: Iterable<Socket>, open: Iterable<Socket>, why: string): void => {
    for (const longest of waiting) {
      if (longest === socket || forHealth.has(longest)) continue
      replaced()
      return end(longest)
    }
    if (stalled.cutOffOne(open)) return
    const [oldest] = forHealth.keys()
    if (oldest !== undefined && forHealth.size >= FOR_HEALTH) {
      dropped()
      end(oldest)
    }
    forHealth.set(socket, why)
    socket.once('close', () => forHealth.delete(socket))
  }
  app.server.on('connection', (socket: Socket) => {
    const own = ofAddress(socket)
    if (own.open.size > share && !isProxy(socket))
      makeRoom(
        socket,
        own.idle,
        own.open,
        `${share} connections of this address are being answered, and it may have no more (MAX_CONNECTIONS_PER_ADDRESS)`,
      )
    else if (unanswered.size - forHealth.size > most)
      makeRoom(socket, idle, unanswered.keys(), `${most} connections are being answered, and there may be no more`)
  })
  app.addHook('onRequest', (request, reply, done) => {
    const why = forHealth.get(request.raw.socket)
    if (why === undefined) return done()
    void reply.header('connection', 'close')
    if (request.routeOptions.config.unlimited === true) done()
    else refuse(request, reply, { detail: `${why}; beyond them health alone is answered`, wait: 0 })
  })
  // What accept(2) fails with (no descriptor is left, say) concerns a connection that is not there; unheard, it would end the process.
  const failed = countedWarning(app, 'failed', 'connections could not be accepted')
  app.server.on('error', () => {
    if (app.server.listening) failed()
  })
}

/** Whether a connection comes from one of these addresses and networks, e.g. `10.0.0.5` or `fd00::/8`. */
function among(networks: readonly string[]): (socket: Socket) => boolean {
  const list = new BlockList()
  for (const each of networks) {
    const [address = '', bits] = each.split('/')
    const family = isIPv6(address) ? 'ipv6' : 'ipv4'
    if (bits === undefined) list.addAddress(address, family)
    else list.addSubnet(address, Number(bits), family)
  }
  return ({ remoteAddress: address }) => address !== undefined && list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')
}
