import type { Slice } from './alternate.ts'
import { open, requestOf, type Connection } from './connection.ts'
import type { Sample } from './figures.ts'

/**
 * Asks for paths in turn over kept-alive connections, each of which waits for its answer before it asks again.
 * An answer other than 200 fails the run.
 */
export function load(port: number, paths: readonly string[], connections: number): Slice {
  const requests = paths.map((path) => requestOf(port, path))
  let turn = 0
  const next = () => requests[turn++ % requests.length]!
  return async (seconds) => {
    const sample: Sample = { times: [], firsts: [], seconds, bytes: 0, cpu: undefined }
    const opened = await Promise.all(Array.from({ length: connections }, () => open(port)))
    const began = performance.now()
    await Promise.all(opened.map((connection) => repeat(connection, next, began + seconds * 1000, sample)))
    sample.seconds = (performance.now() - began) / 1000
    for (const connection of opened) connection.close()
    return sample
  }
}

/** Asks until the deadline, at least once. */
async function repeat({ ask }: Connection, next: () => Buffer, deadline: number, sample: Sample): Promise<void> {
  do {
    const { status, first, whole, bytes } = await ask(next())
    if (status !== 200) throw new Error(`an answer was ${status}`)
    sample.times.push(whole)
    sample.firsts.push(first)
    sample.bytes += bytes
  } while (performance.now() < deadline)
}
