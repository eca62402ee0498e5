import pg from 'pg'
import { asked, reading, settle } from './session.ts'

export interface WaitOptions {
  /** How to reach it; a try takes connectionTimeoutMillis at most. */
  config: pg.ClientConfig & { connectionTimeoutMillis: number }
  /** How long to wait in all, ms. */
  patience: number
  signal: AbortSignal
  log: (message: string) => void
}

/** The last try, at the end, gets this long, ms. */
const LEAST_TRY = 250

/** Less than this is no pause any more, ms: the try before it was the last one. */
const LEAST_PAUSE = 10

/** Resolves when the database answers; tries again after 0.25 s, 0.5 s, … 5 s, says so each time, at the end of `patience` once more, and throws; at once where waiting would not help: a wrong password, no such database, a pooler that drops the session's settings. */
export async function waitForDatabase({ config, patience, signal, log }: WaitOptions): Promise<void> {
  const deadline = performance.now() + patience
  const stopped = new Promise<string>((resolve) =>
    signal.addEventListener('abort', () => resolve('stopped'), { once: true }),
  )
  for (let next = 250; ; next = Math.min(2 * next, 5000)) {
    signal.throwIfAborted()
    const timeout = Math.max(LEAST_TRY, Math.min(config.connectionTimeoutMillis, deadline - performance.now()))
    // A try that is under way when the signal comes is left to its own timeout.
    const failure = await Promise.race([attempt(config, timeout), stopped])
    if (failure === undefined) return
    if (signal.aborted) throw new Error('stopped while waiting for the database')
    const pause = Math.min(next, deadline - performance.now())
    if (pause < LEAST_PAUSE)
      throw new Error(`the database could not be reached within ${patience / 1000} s: ${failure}; check DATABASE_URL`)
    log(`the database cannot be reached yet (${failure}), trying again in ${Number((pause / 1000).toFixed(2))} s`)
    await pauseFor(pause, signal)
  }
}

// What the driver says when its patience with a server that accepts and says nothing is at its end, and with a query.
const SILENCE = new Set(['timeout expired', 'Query read timeout'])

/** SQLSTATE or code of Node → what to do. Trying again would not help. */
const HOPELESS: Partial<Record<string, string>> = {
  // protocol_violation
  '08P01':
    'A pooler such as PgBouncer refuses the settings that the service asks for: let DATABASE_URL lead to Postgres itself',
  '28P01': 'Look at user and password in DATABASE_URL',
  // No such role, or no line of pg_hba.conf for it.
  '28000': 'Look at the user in DATABASE_URL, at pg_hba.conf of the server, and at DATABASE_SSL',
  '3D000': 'Look at the name of the database in DATABASE_URL, or create it',
  // ALLOW_CONNECTIONS is off, or DROP DATABASE was interrupted.
  55000: 'If this is the right database, let it take some: alter database … allow_connections true',
  // No right to connect to this database.
  '42501': 'Grant it to the role: grant connect on database … to …',
  // configuration_limit_exceeded: a statement that reads settings needs more than the least work_mem.
  '53400':
    'Statements may need temporary files, so let the role have them, as a superuser: alter role … in database … set temp_file_limit = -1',
  SELF_SIGNED_CERT_IN_CHAIN: 'Look at DATABASE_SSL and DATABASE_SSL_CA',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'Look at DATABASE_SSL and DATABASE_SSL_CA',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'Look at DATABASE_SSL and DATABASE_SSL_CA',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'Look at DATABASE_SSL and DATABASE_SSL_CA',
  ERR_TLS_CERT_ALTNAME_INVALID: 'Look at the host in DATABASE_URL, or set DATABASE_SSL=verify-ca',
  CERT_HAS_EXPIRED: 'Renew the certificate of the server',
}

/** What the driver says by itself, without a code. */
const UNCODED: ReadonlyArray<[message: RegExp, what: string]> = [
  [/client password must be a (non-empty )?string/, 'Give a password in DATABASE_URL'],
  [/does not support SSL connections/, 'Set DATABASE_SSL=disable, or switch TLS on at the server'],
]

async function attempt(config: pg.ClientConfig, timeout: number): Promise<string | undefined> {
  const client = new pg.Client({
    ...config,
    connectionTimeoutMillis: timeout,
    query_timeout: timeout,
    ...asked(reading),
  })
  client.on('error', () => undefined)
  try {
    await client.connect()
    await settle(client, reading)
    return undefined
  } catch (error) {
    const { message, code } = error as Error & { code?: string }
    if (code === 'SETTINGS_LOST') throw error
    const hopeless = HOPELESS[code ?? ''] ?? UNCODED.find(([pattern]) => pattern.test(message))?.[1]
    if (hopeless !== undefined)
      throw new Error(`the database cannot be reached: ${message}. ${hopeless}`, { cause: error })
    return SILENCE.has(message)
      ? `no answer within ${Number((timeout / 1000).toFixed(1))} s`
      : message || code || 'no answer'
  } finally {
    await client.end().catch(() => undefined)
  }
}

function pauseFor(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal.addEventListener('abort', done)
  })
}
