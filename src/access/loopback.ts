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
 * What proxies add to a request, and neither browsers nor curl send by themselves. Most have a name of their own for the address of the client: X-Real-IP,
 * True-Client-IP, Fastly-Client-IP, X-Azure-ClientIP, CF-Connecting-IP, X-Nf-Client-Connection-IP, X-Envoy-External-Address. Ids of requests and traces are
 * not among them: clients send these too.
 */
const ADDED_BY_PROXIES = [
  /^(via|cdn-loop)$/,
  /forwarded|^x-original-(host|url)$/,
  /(client|user|real|remote|connecting|connection|socket|external)-?(ip|ipv6|addr|address)$/,
]

/** Whether a header of this name (lower case) says that the request came through a proxy. */
export function isAddedByProxies(name: string): boolean {
  return ADDED_BY_PROXIES.some((pattern) => pattern.test(name))
}
