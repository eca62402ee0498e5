import assert from 'node:assert/strict'
import { Agent, request as ask } from 'node:http'
import { connect, type Socket } from 'node:net'
import test, { type TestContext } from 'node:test'
import { apiKeys, bearer } from '../support/keys.ts'
import { patience } from '../support/patience.ts'
import { assertProblem } from '../support/problem.ts'
import { addInvocation } from '../support/rows.ts'
import { generous, service } from '../support/service.ts'
import { onTeardown } from '../support/teardown.ts'
import { until } from '../support/until.ts'

interface Answer {
  status: number
  headers: Record<string, string>
  text: string
}

type Ask = (method: string, path: string, headers: Record<string, string>, body?: string) => Promise<Answer>

/** Asks over one connection, which is kept. */
function connection(t: TestContext, base: string): Ask {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  onTeardown(t, () => agent.destroy())
  return (method, path, headers, body) =>
    new Promise((resolve, reject) => {
      const asked = ask(base + path, { method, agent, headers }, (response) => {
        let text = ''
        response.setEncoding('utf8')
        response.on('data', (chunk: string) => (text += chunk))
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers as Record<string, string>, text }),
        )
      })
      asked.on('error', reject)
      asked.end(body)
    })
}

const ORIGIN = 'https://dashboards.example'
/** As long as an id that the service makes. */
const MINE = 'a'.repeat(36)
/** More than may wait, so that the next one of the same client is refused. */
const SOCKETS = 102
const EACH = 10

/** A service whose places for `path` are taken, and whose queue for them is full of one client's requests, until they are let go. */
async function full(t: TestContext, path: (tree: string) => string) {
  const {
    keys,
    shown: [one = '', other = ''],
  } = apiKeys({ name: 'much', scopes: ['read'] }, { name: 'little', scopes: ['read'] })
  const credentials = { keys, keysFile: undefined, tokens: undefined }
  const { listen, pool } = await service(t, {
    credentials,
    origins: [ORIGIN],
    limits: { ...generous, heavy: 2, concurrent: 2, wait: patience(30_000) },
  })
  const asked = path(await addInvocation(pool))
  const base = await listen()
  const client = await pool.connect()
  await client.query('begin; lock table invocations, job_executions in access exclusive mode')
  const sockets = new Set<Socket>()
  let held = true
  const letGo = (): void => {
    if (held) client.release(true)
    held = false
    for (const socket of sockets) socket.destroy()
  }
  onTeardown(t, letGo)
  let refused = 0
  for (let nth = 0; nth < SOCKETS; nth += 1) {
    const socket = connect(Number(new URL(base).port), '127.0.0.1')
    socket.on('error', () => undefined)
    socket.on('data', (chunk: Buffer) => (refused += chunk.toString('latin1').split('HTTP/1.1 503').length - 1))
    sockets.add(socket)
    socket.write(`GET ${asked} HTTP/1.1\r\nHost: here\r\nAuthorization: Bearer ${one}\r\n\r\n`.repeat(EACH))
  }
  await until('the queue is full', () => refused > 0)
  return { base, asked, much: bearer(one), little: bearer(other), credentials, letGo }
}

/** What has to be the same of two refusals: all but the id, the time, and the seconds, which differ between those who come back. */
function contract({ status, headers, text }: Answer): unknown {
  const { date, 'x-request-id': id = '', 'retry-after': seconds, ...others } = headers
  assert.match(String(date), / GMT$/)
  assert.match(String(seconds), /^[123]$/)
  return { status, headers: others, text: text.replace(id, 'ID') }
}

for (const { what, path } of [
  { what: 'a list', path: () => '/jobs?limit=3' },
  { what: 'a tree', path: (tree: string) => `/trees/${tree}` },
]) {
  test(`${what} that is refused again on the same connection gets the same answer, without a second look at who asks`, async (t) => {
    const { base, asked, much, little, credentials, letGo } = await full(t, path)
    const again = connection(t, base)
    const headers = { ...much, origin: ORIGIN }
    const first = await again('GET', asked, headers)
    assertProblem('unavailable', first)
    assert.equal(first.headers['connection'], 'keep-alive')
    assert.equal(first.headers['access-control-allow-origin'], ORIGIN)
    // Whoever looked at the key now would not take it.
    const { keys } = credentials
    credentials.keys = keys.filter(({ name }) => name !== 'much')
    const second = await again('GET', asked, { ...headers, 'x-request-id': MINE })
    assertProblem('unavailable', second)
    assert.deepEqual(contract(second), contract(first))
    assert.equal(second.headers['x-request-id'], MINE)
    assert.match(JSON.parse(second.text).detail, /, 1 of them for this client, which may have 1; \d+ wait$/)
    credentials.keys = keys
    const head = await again('HEAD', asked, headers)
    assert.deepEqual(contract(head), contract({ ...first, text: '' }))
    // Another client waits for its own turn.
    const waits = again('GET', asked, little)
    letGo()
    assert.equal((await waits).status, 200)
    await until('there is room again', async () => (await again('GET', asked, headers)).status === 200)
  })
}

test('a request of that connection that brings a body, or another page, is looked at anew', async (t) => {
  const { base, asked, much } = await full(t, () => '/jobs?limit=3')
  const again = connection(t, base)
  await again('GET', asked, { ...much, origin: ORIGIN })
  const elsewhere = await again('GET', asked, { ...much, origin: 'https://elsewhere.example' })
  assertProblem('unavailable', elsewhere)
  assert.equal(elsewhere.headers['access-control-allow-origin'], undefined)
  const body = await again('GET', asked, { ...much, 'content-length': '5' }, 'hello')
  assert.deepEqual([body.status, body.headers['connection']], [503, 'close'], 'a body is not read')
})
