import { normalizeIP } from '@fastify/rate-limit'

/** What counts as one address: of IPv6 a /64, which one customer has; an IPv4 address is the same in IPv6's clothes. */
export function networkOf(address: string): string {
  return normalizeIP(address)
}
