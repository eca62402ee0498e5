import { once } from 'node:events'
import { Agent, request, type IncomingMessage } from 'node:http'
import type { FuzzRequest } from './requests.ts'

export interface FuzzAnswer {
  status: number
  type: string
  body: string
  ms: number
}

/** Sends requests over one kept connection: what Node's client sends as it is, no URL parser mends before. `standing`: headers of all that bring none of that name. */
export function asking(
  base: string,
  standing: Record<string, string>,
): { ask: (asked: FuzzRequest) => Promise<FuzzAnswer>; end: () => void } {
  const { hostname, port } = new URL(base)
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  return {
    end: () => agent.destroy(),
    async ask({ method, target, headers }) {
      const since = performance.now()
      const sent = request({ agent, hostname, port, method, path: target, headers: { ...standing, ...headers } })
      sent.end()
      const [response] = (await once(sent, 'response')) as [IncomingMessage]
      const body = (await response.setEncoding('utf8').toArray()).join('')
      return {
        status: response.statusCode ?? 0,
        type: response.headers['content-type'] ?? '',
        body,
        ms: performance.now() - since,
      }
    },
  }
}
