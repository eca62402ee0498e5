import type { ServerResponse } from 'node:http'

interface Answer {
  raw: ServerResponse
}

/** Once, when the answer has been sent or its client is gone. (Node's own `close` of a request comes also after a good end.) */
export function whenOver({ raw }: Answer, then: () => void): void {
  let over = false
  const end = (): void => {
    if (!over) then()
    over = true
  }
  raw.once('finish', end)
  raw.once('close', end)
  // An answer that waits behind another one of its connection (pipelining) has no socket yet, and hears nothing of that one's end.
  raw.req.once('close', () => {
    if (raw.req.socket.destroyed) end()
  })
}
