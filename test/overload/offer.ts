import http from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'

/** What came of the requests that were offered in some seconds. */
export interface Offered {
  seconds: number
  sent: number
  /** Of each answer 200, from the request to its last byte, ms. */
  accepted: number[]
  /** Of each 503 or 429, the same. */
  refused: number[]
  /** Other answers and broken connections, with how often. */
  wrong: Map<string, number>
}

/** Asks over so many connections, each of which waits for its answer before it asks again: what is answered then is the capacity. */
export async function saturate(base: string, paths: readonly string[], connections: number, seconds: number): Promise<Offered> {
  const offered = begin(seconds)
  const agent = new http.Agent({ keepAlive: true, maxSockets: connections })
  const began = performance.now()
  const end = began + seconds * 1000
  await Promise.all(Array.from({ length: connections }, async (_, at) => {
    for (let turn = at; performance.now() < end; turn += connections) await ask(offered, agent, base, paths[turn % paths.length]!)
  }))
  agent.destroy()
  return { ...offered, seconds: (performance.now() - began) / 1000 }
}

// Far more than the service works on at once, and less than what the kernel keeps for a process that has not accepted yet: beyond
// that it would be the retries of TCP (1, 3, 7 s) that are measured.
const MOST_OPEN = 200

/** Sends `rate` requests a second whether or not the earlier ones are answered, as many clients do. */
export async function offer(base: string, paths: readonly string[], rate: number, seconds: number): Promise<Offered> {
  const offered = begin(seconds)
  const agent = new http.Agent({ keepAlive: true, maxSockets: MOST_OPEN })
  const began = performance.now()
  const open = new Set<Promise<void>>()
  for (let due = 0; due < rate * seconds; ) {
    for (const now = performance.now(); due < rate * seconds && began + (due / rate) * 1000 <= now; due += 1) {
      if (open.size >= MOST_OPEN) break
      const asked = ask(offered, agent, base, paths[due % paths.length]!).finally(() => open.delete(asked))
      open.add(asked)
    }
    // Not as fast as it can: a loop that spins takes a core from what it measures.
    await pause(4)
  }
  await Promise.all(open)
  agent.destroy()
  return { ...offered, seconds: (performance.now() - began) / 1000 }
}

function begin(seconds: number): Offered {
  return { seconds, sent: 0, accepted: [], refused: [], wrong: new Map() }
}

function ask(offered: Offered, agent: http.Agent, base: string, path: string): Promise<void> {
  offered.sent += 1
  const began = performance.now()
  return new Promise((resolve) => {
    const end = (what: string): void => {
      const ms = performance.now() - began
      if (what === '200') offered.accepted.push(ms)
      else if (what === '503' || what === '429') offered.refused.push(ms)
      else offered.wrong.set(what, (offered.wrong.get(what) ?? 0) + 1)
      resolve()
    }
    http.get(base + path, { agent }, (response) => {
      response.resume()
      response.once('end', () => end(String(response.statusCode)))
      response.once('error', (error) => end(error.message))
    }).once('error', (error) => end(error.message))
  })
}
