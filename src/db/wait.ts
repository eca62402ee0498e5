import pg from 'pg'

export interface WaitOptions {
  config: pg.ClientConfig
  /** How long to wait in all, ms. */
  patience: number
  signal: AbortSignal
  log: (message: string) => void
}

/** Resolves when the database answers; tries again after 0.25 s, 0.5 s, … 5 s, says so each time, and throws after `patience`. */
export async function waitForDatabase({ config, patience, signal, log }: WaitOptions): Promise<void> {
  const deadline = Date.now() + patience
  for (let pause = 250; ; pause = Math.min(2 * pause, 5000)) {
    const failure = await attempt(config)
    if (failure === undefined) return
    if (signal.aborted) throw new Error('stopped while waiting for the database')
    if (Date.now() + pause > deadline) throw new Error(`the database could not be reached within ${patience / 1000} s: ${failure}; check DATABASE_URL`)
    log(`the database cannot be reached yet (${failure}), trying again in ${pause / 1000} s`)
    await pauseFor(pause, signal)
  }
}

async function attempt(config: pg.ClientConfig): Promise<string | undefined> {
  const client = new pg.Client(config)
  client.on('error', () => undefined)
  try {
    await client.connect()
    await client.query('select 1')
    return undefined
  } catch (error) {
    const { message, code } = error as Error & { code?: string }
    return message || code || 'no answer'
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
