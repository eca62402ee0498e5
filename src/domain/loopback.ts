import { isIPv4 } from 'node:net'

/** Whether this name or address can only mean this machine: localhost, 127.0.0.0/8, ::1. Never looked up, for whoever owns a name says where it leads. */
export function isLoopback(name: string): boolean {
  return /^(localhost|::1|\[::1\])$/i.test(name) || (isIPv4(name) && name.startsWith('127.'))
}

/** The same of a Host header, with or without a port. */
export function isLoopbackHost(host: string): boolean {
  return isLoopback(host.replace(/:\d{1,5}$/, ''))
}
