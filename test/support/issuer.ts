import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'
import type { Credentials, TokenTrust } from '../../src/access/credentials.ts'
import { AUDIENCE, ISSUER } from './keys.ts'
import { onTeardown } from './teardown.ts'

export const trusting = (keys: TokenTrust['keys'], more: Partial<Credentials> = {}): { credentials: Credentials } => ({
  credentials: { keys: [], keysFile: undefined, tokens: { keys, issuer: ISSUER, audience: AUDIENCE }, ...more },
})

/** An address that gives what `answer` says, and counts how often. */
export async function jwks(t: TestContext, answer: { status: number; body: unknown }) {
  const asked = { times: 0 }
  const server = createServer((_request, response) => {
    asked.times += 1
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const stop = async (): Promise<void> => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  }
  onTeardown(t, async () => (server.listening ? stop() : undefined))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json`, asked, stop }
}

/** A clock for measuring that stands still but for what is let pass, ms. */
export function clock(t: TestContext): (ms: number) => void {
  let now = performance.now()
  t.mock.method(performance, 'now', () => now)
  return (ms) => {
    now += ms
  }
}
