import { isIP } from 'node:net'
import type { FastifyRequest } from 'fastify'
import { networkOf } from '../connection/address.ts'

/**
 * Whose requests count together: those of a verified key or subject of a token, otherwise those of an address (of IPv6 a /64, which one customer has).
 * A key that was not verified proves nothing, so its request counts under the address.
 */
export function clientOf(request: Pick<FastifyRequest, 'access' | 'ip' | 'socket'>): string {
  const { name } = request.access
  return name === null ? addressClientOf(request) : `key ${name}`
}

/** The same before it is known whether the key or token is taken. */
export function addressClientOf({ ip, socket }: Pick<FastifyRequest, 'ip' | 'socket'>): string {
  return `address ${networkOf(addressOf(ip ?? '') ?? socket.remoteAddress ?? '')}`
}

/** Some proxies write a port behind the address, a new one for each connection. Undefined for what is no address. */
function addressOf(text: string): string | undefined {
  const address = /^\[(.+)\](?::\d+)?$/.exec(text)?.[1] ?? text.replace(/^([\d.]+):\d+$/, '$1')
  return isIP(address) === 0 ? undefined : address
}
