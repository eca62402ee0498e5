import { isIPv4 } from 'node:net'

/** Whether this name or address can only mean this machine: localhost, 127.0.0.0/8, ::1. Never looked up, for whoever owns a name says where it leads. */
export function isLoopback(name: string): boolean {
  return /^(localhost|::1|\[::1\])$/i.test(name) || (isIPv4(name) && name.startsWith('127.'))
}

/** The same of a Host header, with or without a port. */
export function isLoopbackHost(host: string): boolean {
  return isLoopback(host.replace(/:\d{1,5}$/, ''))
}

/**
 * What proxies, balancers and networks of delivery add to a request, and neither browsers nor curl send by themselves; docs/security.md lists the same.
 * A name that is not among them may hold one of these words: each maker has a name of its own for the address, the name or the scheme that was asked for.
 * Ids of requests and traces are not among them, X-Amzn-Trace-Id neither: clients send these too.
 */
const ADDED_BY_PROXIES = [
  /forward|^via$|-via$|^cdn-loop$|^front-end-https$|^surrogate-|^max-forwards$/,
  /^(x-)?(proxy|varnish|squid|haproxy|nginx|envoy|kong|traefik|caddy|arr)\b|^wl-proxy-|^x-proxyuser-/,
  /^(x-)?(cf|cloudfront|fastly|fly|akamai|azure|fd|amzn|amz-cf|appengine|appgw|nf|vercel|sucuri|incap)-(?!trace-id$)/,
  /^x-(original|rewrite)-|^x-(host|scheme|url-scheme|ssl|https)$|^x-(request|queue)-start$/,
  /(client|user|real|remote|connecting|connection|socket|external|originating|peer)-?(ip|ipv6|addr|address)$/,
]

/** Whether a header of this name (lower case) says that the request came through a proxy. */
export function isAddedByProxies(name: string): boolean {
  return ADDED_BY_PROXIES.some((pattern) => pattern.test(name))
}
