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

/** Resolves when the database answers; tries again after 0.25 s, 0.5 s, … 5 s, says so each time, at the end of `patience` once more, and throws; at once where a pooler takes away or refuses the session's settings. */
export async function waitForDatabase({ config, patience, signal, log }: WaitOptions): Promise<void> {
  const deadline = performance.now() + patience
  const stopped = new Promise<string>((resolve) => signal.addEventListener('abort', () => resolve('stopped'), { once: true }))
  for (let next = 250; ; next = Math.min(2 * next, 5000)) {
    signal.throwIfAborted()
    const timeout = Math.max(LEAST_TRY, Math.min(config.connectionTimeoutMillis, deadline - performance.now()))
    // A try that is under way when the signal comes is left to its own timeout.
    const failure = await Promise.race([attempt(config, timeout), stopped])
    if (failure === undefined) return
    if (signal.aborted) throw new Error('stopped while waiting for the database')
    const pause = Math.min(next, deadline - performance.now())
    if (pause < LEAST_PAUSE) throw new Error(`the database could not be reached within ${patience / 1000} s: ${failure}; check DATABASE_URL`)
    log(`the database cannot be reached yet (${failure}), trying again in ${Number((pause / 1000).toFixed(2))} s`)
    await pauseFor(pause, signal)
  }
}

// What the driver says when its patience with a server that accepts and says nothing is at its end, and with a query.
const SILENCE = new Set(['timeout expired', 'Query read timeout'])

// protocol_violation: trying again would not help.
const REFUSED = '08P01'

async function attempt(config: pg.ClientConfig, timeout: number): Promise<string | undefined> {
  const client = new pg.Client({ ...config, connectionTimeoutMillis: timeout, query_timeout: timeout, ...asked(reading) })
  client.on('error', () => undefined)
  try {
    await client.connect()
    await settle(client, reading)
    return undefined
  } catch (error) {
    const { message, code } = error as Error & { code?: string }
    if (code === 'SETTINGS_LOST') throw error
    if (code === REFUSED) throw new Error(`the database cannot be reached: ${message}. A pooler such as PgBouncer refuses the settings that the service asks for: let DATABASE_URL lead to Postgres itself`, { cause: error })
    return SILENCE.has(message) ? `no answer within ${Number((timeout / 1000).toFixed(1))} s` : message || code || 'no answer'
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
