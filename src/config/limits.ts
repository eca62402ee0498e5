import { isIP } from 'node:net'
import type { Variables } from './variables.ts'

const MIB = 1024 * 1024
// What is left is for what is already being answered, and for the system.
const SHARE = 0.9

type Given = Pick<Variables, 'MAX_HEAVY' | 'MAX_CONCURRENT' | 'MAX_WAIT' | 'STALL_TIMEOUT' | 'CONNECT_TIMEOUT' | 'MAX_DELAY' | 'MAX_MEMORY' | 'ANSWER_TIMEOUT' | 'MAX_CONNECTIONS' | 'MAX_URL' | 'MAX_BODY' | 'MAX_PAGE' | 'MAX_DEPTH' | 'MAX_NODES' | 'RATE_LIMIT' | 'POOL_SIZE'>

/** The limits that the environment asks for; what it leaves out follows from the size of the pool and the memory there is (bytes). */
export function limitsOf({ MAX_HEAVY, MAX_CONCURRENT, MAX_WAIT, STALL_TIMEOUT, CONNECT_TIMEOUT, MAX_DELAY, MAX_MEMORY, ANSWER_TIMEOUT, RATE_LIMIT, POOL_SIZE, ...maxima }: Given, available: number) {
  return {
    connections: maxima.MAX_CONNECTIONS,
    heavy: MAX_HEAVY ?? Math.max(1, Math.floor(POOL_SIZE / 2)),
    concurrent: MAX_CONCURRENT ?? 4 * POOL_SIZE,
    pool: POOL_SIZE,
    wait: MAX_WAIT,
    connect: CONNECT_TIMEOUT * 1000,
    stall: STALL_TIMEOUT * 1000,
    delay: MAX_DELAY,
    memory: MAX_MEMORY === undefined ? Math.floor(SHARE * available) : MAX_MEMORY * MIB,
    answer: ANSWER_TIMEOUT * 1000,
    rate: RATE_LIMIT,
    url: maxima.MAX_URL,
    body: maxima.MAX_BODY,
    page: maxima.MAX_PAGE,
    depth: maxima.MAX_DEPTH,
    nodes: maxima.MAX_NODES,
  }
}

/** The origins in `https://a.example, http://b.example:8080`; `*` is one too. Undefined where one of them is none. */
export function originsOf(text: string | undefined): string[] | undefined {
  if (text === undefined) return []
  const origins = text.split(',').map((each) => each.trim())
  return origins.every((each) => each === '*' || (/^https?:/.test(each) && URL.canParse(each) && new URL(each).origin === each)) ? origins : undefined
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
