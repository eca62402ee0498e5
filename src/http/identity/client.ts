import { normalizeIP } from '@fastify/rate-limit'
import { isIP } from 'node:net'
import type { FastifyRequest } from 'fastify'

/**
 * Whose requests count together: those of a verified key or subject of a token, otherwise those of an address (of IPv6 a /64, which one customer has).
 * A key that was not verified proves nothing, so its request counts under the address.
 */
export function clientOf({ access, ip, socket }: Pick<FastifyRequest, 'access' | 'ip' | 'socket'>): string {
  return access.name === null
    ? `address ${normalizeIP(addressOf(ip ?? '') ?? socket.remoteAddress ?? '')}`
    : `key ${access.name}`
}

/** Some proxies write a port behind the address, a new one for each connection. Undefined for what is no address. */
function addressOf(text: string): string | undefined {
  const address = /^\[(.+)\](?::\d+)?$/.exec(text)?.[1] ?? text.replace(/^([\d.]+):\d+$/, '$1')
  return isIP(address) === 0 ? undefined : address
}
