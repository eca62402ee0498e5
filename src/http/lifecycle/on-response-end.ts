import type { ServerResponse } from 'node:http'

/** What is to be done at the end of each answer that is not over; four rooms wait for most of them, and listeners of their own would be twelve. */
const waiting = new WeakMap<ServerResponse, Array<() => void>>()

interface Answer {
  raw: ServerResponse
}

/** Once, when the answer has been sent or its client is gone. (Node's own `close` of a request comes also after a good end.) */
export function onResponseEnd({ raw }: Answer, then: () => void): void {
  const ends = waiting.get(raw)
  if (ends) ends.push(then)
  else waitFor(raw, [then])
}

function waitFor(raw: ServerResponse, ends: Array<() => void>): void {
  waiting.set(raw, ends)
  const end = (): void => {
    for (const then of ends.splice(0)) then()
  }
  raw.once('finish', end)
  raw.once('close', end)
  // An answer that waits behind another one of its connection (pipelining) has no socket yet, and hears nothing of that one's end.
  raw.req.once('close', () => {
    if (raw.req.socket.destroyed) end()
  })
}
