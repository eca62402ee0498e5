import { isIP } from 'node:net'
import type { Variables } from './variables.ts'

const MIB = 1024 * 1024
// What is left is for what is already being answered, and for the system.
const SHARE = 0.9
/** Of all connections; the rest is for other addresses. */
const SHARE_OF_ADDRESS = 0.9

export type ConfiguredLimits = ReturnType<typeof limitsOf>

/** The limits that the environment asks for; what it leaves out follows from the size of the pool. Times in ms, memory in bytes (undefined: see `memoryWithin`). */
export function limitsOf(values: Variables) {
  const { POOL_SIZE: pool, MAX_MEMORY: memory } = values
  return {
    connections: values.MAX_CONNECTIONS,
    connectionsPerAddress: values.MAX_CONNECTIONS_PER_ADDRESS,
    heavy: values.MAX_HEAVY ?? Math.max(1, Math.floor(pool / 2)),
    concurrent: values.MAX_CONCURRENT ?? 2 * pool,
    pool,
    wait: values.MAX_WAIT,
    connect: values.CONNECT_TIMEOUT * 1000,
    stall: values.STALL_TIMEOUT * 1000,
    delay: values.MAX_DELAY,
    memory: memory === undefined ? undefined : memory * MIB,
    request: values.REQUEST_TIMEOUT * 1000,
    answer: values.ANSWER_TIMEOUT * 1000,
    stream: values.STREAM_TIMEOUT * 1000,
    rate: values.RATE_LIMIT,
    url: values.MAX_URL,
    body: values.MAX_BODY,
    page: values.MAX_PAGE,
    depth: values.MAX_DEPTH,
    nodes: values.MAX_NODES,
  }
}

/** How many of the connections one address may have, unless it is set. */
export function connectionsPerAddress(connections: number): number {
  return Math.ceil(SHARE_OF_ADDRESS * connections)
}

/** The memory that the service may take of what there is, bytes. */
export function memoryWithin(available: number): number {
  return Math.floor(SHARE * available)
}

/** The origins in `https://a.example, http://b.example:8080`; `*` is one too. Undefined where one of them is none. */
export function originsOf(text: string | undefined): string[] | undefined {
  if (text === undefined) return []
  const origins = text.split(',').map((each) => each.trim())
  return origins.every(
    (each) => each === '*' || (/^https?:/.test(each) && URL.canParse(each) && new URL(each).origin === each),
  )
    ? origins
    : undefined
}

/** The addresses and networks in `10.0.0.5, fd00::/8`. Undefined where one of them is none. */
export function addressesOf(text: string | undefined): string[] | undefined {
  if (text === undefined) return []
  const addresses = text.split(',').map((each) => each.trim())
  return addresses.every(isNetwork) ? addresses : undefined
}

function isNetwork(text: string): boolean {
  const [, address = '', bits] = /^([^/%]+)(?:\/([1-9]\d{0,2}))?$/.exec(text) ?? []
  const version = isIP(address)
  return version !== 0 && (bits === undefined || Number(bits) <= (version === 4 ? 32 : 128))
}
