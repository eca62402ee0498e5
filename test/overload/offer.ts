import { setTimeout as pause } from 'node:timers/promises'
import { requestOf } from '../bench/connection.ts'
import { open, type Connection } from './connection.ts'

/** What came of the requests that were offered in some seconds. */
export interface Offered {
  seconds: number
  sent: number
  /** Of each answer 200, from the request (or the first try to connect for it) to its last byte, ms. */
  accepted: number[]
  /** Of each 503 or 429, the same. */
  refused: number[]
  /** Other answers and broken connections, with how often. */
  wrong: Map<string, number>
}

/** Asks over so many connections, each of which waits for its answer before it asks again: what is answered then is the capacity. */
export async function saturate(
  base: string,
  paths: readonly string[],
  connections: number,
  seconds: number,
  key?: string,
): Promise<Offered> {
  const load = loading(base, paths, key)
  const began = performance.now()
  const end = began + seconds * 1000
  await Promise.all(
    Array.from({ length: connections }, async () => {
      while (performance.now() < end) await new Promise<void>((answered) => load.ask(answered))
    }),
  )
  return load.ended((performance.now() - began) / 1000)
}

// Enough for ten times the load: at 450 requests a second 310 are worked on or wait, and 4,050 a second are refused after 100 ms. One after the other is opened
// before the run, or it would be the accepting (one in each turn of Node's loop) and the retries of TCP (1, 3, 7 s) that are measured.
const MOST_OPEN = 800

/** Sends `rate` requests a second whether or not the earlier ones are answered, as many clients do. */
export async function offer(
  base: string,
  paths: readonly string[],
  rate: number,
  seconds: number,
  key?: string,
): Promise<Offered> {
  const load = loading(base, paths, key)
  await load.connect(MOST_OPEN)
  const began = performance.now()
  let asking = 0
  const answered = (): void => void (asking -= 1)
  const stillAsking = (): number => asking
  for (let due = 0; due < rate * seconds;) {
    for (const now = performance.now(); due < rate * seconds && began + (due / rate) * 1000 <= now; due += 1) {
      if (asking >= MOST_OPEN) break
      asking += 1
      load.ask(answered)
    }
    // Not as fast as it can: a loop that spins takes a core from what it measures.
    await pause(4)
  }
  while (stillAsking() > 0) await pause(4)
  return load.ended((performance.now() - began) / 1000)
}

interface Loading {
  /** Opens so many connections. */
  connect: (count: number) => Promise<void>
  /** The next request, over a connection that is idle or a new one. */
  ask: (then: () => void) => void
  ended: (seconds: number) => Offered
}

function loading(base: string, paths: readonly string[], key: string | undefined): Loading {
  const port = Number(new URL(base).port)
  const requests = paths.map((path) => requestOf(port, path, key))
  const idle: Connection[] = []
  const offered: Offered = { seconds: 0, sent: 0, accepted: [], refused: [], wrong: new Map() }
  const wrong = (what: string): void => void offered.wrong.set(what, (offered.wrong.get(what) ?? 0) + 1)
  const count = (status: number, ms: number): void => {
    if (status === 200) offered.accepted.push(ms)
    else if (status === 503 || status === 429) offered.refused.push(ms)
    else wrong(status === 0 ? 'the connection was closed before the answer was whole' : String(status))
  }
  return {
    async connect(many) {
      for (let nth = 0; nth < many; nth += 1) idle.push(await open(port))
    },
    ask(then) {
      const request = requests[offered.sent++ % requests.length]!
      const began = performance.now()
      const over = (connection: Connection): void =>
        connection.ask(request, (status) => {
          count(status, performance.now() - began)
          if (status > 0) idle.push(connection)
          then()
        })
      let connection = idle.pop()
      while (connection && !connection.isOpen()) connection = idle.pop()
      if (connection) return over(connection)
      open(port).then(over, (error: Error) => {
        wrong(error.message)
        then()
      })
    },
    ended(seconds) {
      for (const connection of idle) connection.close()
      return { ...offered, seconds }
    },
  }
}
