import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import test, { type TestContext } from 'node:test'
import { memoryLog } from '../support/log.ts'
import { generous, service, type Settings } from '../support/service.ts'
import { onTeardown } from '../support/teardown.ts'
import { until } from '../support/until.ts'

interface Client {
  socket: Socket
  ask: (path: string) => void
  received: () => string
}

/** A service in which every list of invocations waits for a lock, and clients of it by address. */
async function crowded(t: TestContext, limits: Partial<Settings['limits']>, settings: Partial<Settings> = {}) {
  const { log, lines } = memoryLog()
  const { app, listen, pool } = await service(t, { log, limits: { ...generous, ...limits }, ...settings })
  const { port } = new URL(await listen())
  const holder = await pool.connect()
  onTeardown(t, () => holder.release(true))
  await holder.query('begin; lock table public.invocations in access exclusive mode')
  let requests = 0
  app.server.on('request', () => (requests += 1))
  const client = async (localAddress = '127.0.0.1'): Promise<Client> => {
    const socket = connect({ port: Number(port), host: '127.0.0.1', localAddress })
    onTeardown(t, () => socket.destroy())
    socket.on('error', () => undefined)
    let text = ''
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()))
    await once(socket, 'connect')
    return {
      socket,
      ask: (path) => socket.write(`GET ${path} HTTP/1.1\r\nHost: here\r\n\r\n`),
      received: () => text,
    }
  }
  /** Connections that wait for an answer, as many as that. */
  const busy = async (count: number, localAddress?: string): Promise<Client[]> => {
    const before = requests
    const clients = await Promise.all(Array.from({ length: count }, () => client(localAddress)))
    for (const each of clients) each.ask('/invocations')
    await until('all wait', () => requests === before + count)
    return clients
  }
  /** Asks for much on one connection and reads none of it. */
  const unread = async ({ socket, ask }: Client): Promise<void> => {
    const before = requests
    socket.removeAllListeners('data')
    socket.pause()
    for (let times = 0; times < 200; times += 1) ask('/openapi.json')
    await until('it is asked', () => requests > before)
  }
  const answer = async ({ ask, received }: Client, path: string): Promise<string> => {
    ask(path)
    await until(`${path} is answered`, () => received().includes('}'))
    return received()
  }
  const letGo = (): Promise<unknown> => holder.query('rollback')
  return { lines, client, busy, unread, answer, letGo }
}

// Only Linux has all of 127.0.0.0/8.
const linux = { skip: process.platform !== 'linux' }

test(
  'however many connections one address keeps busy, health is answered to it, and everything to others',
  linux,
  async (t) => {
    const { busy, client, answer } = await crowded(t, { connections: 6, connectionsPerAddress: 4 })
    await busy(4)
    for (const [path, told] of [
      ['/health/live', '"status":"ok"'],
      ['/health/ready', '"checks":'],
    ] as const) {
      const asked = await client()
      assert.ok((await answer(asked, path)).includes(told), path)
      await until('it is closed', () => asked.socket.destroyed)
    }
    const refused = await answer(await client(), '/openapi.json')
    assert.match(refused, /^HTTP\/1\.1 503/)
    assert.match(
      refused,
      /4 connections of this address are being answered, and it may have no more \(MAX_CONNECTIONS_PER_ADDRESS\); beyond them health alone is answered/,
    )
    const other = await client('127.0.0.2')
    assert.match(await answer(other, '/openapi.json'), /^HTTP\/1\.1 200/)
    assert.equal(other.socket.destroyed, false)
  },
)

test(
  'while all connections are busy health is answered, and what else is asked says why it is not',
  linux,
  async (t) => {
    const { busy, client, answer, letGo } = await crowded(t, { connections: 4 })
    for (const address of ['127.0.0.1', '127.0.0.2', '127.0.0.3', '127.0.0.4']) await busy(1, address)
    assert.match(await answer(await client(), '/health/live'), /^HTTP\/1\.1 200/)
    assert.match(
      await answer(await client(), '/openapi.json'),
      /^HTTP\/1\.1 503[^]*"4 connections are being answered, and there may be no more; beyond them health alone is answered"/,
    )
    await letGo()
    await until('there is room', async () =>
      (await answer(await client('127.0.0.5'), '/openapi.json')).startsWith('HTTP/1.1 200'),
    )
  },
)

test('of those that are taken for health alone the oldest goes first, so that who asks is answered', async (t) => {
  const { busy, client, answer, lines } = await crowded(t, { connections: 1 })
  await busy(1)
  const silent = await Promise.all(Array.from({ length: 16 }, () => client()))
  const gone = (): number => silent.filter(({ socket }) => socket.destroyed).length
  assert.match(await answer(await client(), '/health/live'), /^HTTP\/1\.1 200/)
  await until('one is closed', () => gone() === 1)
  await until('it is told', () => lines().some(({ dropped }) => dropped === 1))
})

test(
  'an address that has all it may loses its own longest idle connection, and no other address does',
  linux,
  async (t) => {
    const { client, lines } = await crowded(t, { connections: 10, connectionsPerAddress: 3 })
    const other = await client('127.0.0.2')
    const own = [await client(), await client(), await client()]
    await client()
    await until('the first is closed', () => own[0]?.socket.destroyed)
    assert.deepEqual(
      [other, own[1], own[2]].map((each) => each?.socket.destroyed),
      [false, false, false],
    )
    await until('it is told', () => lines().some(({ replaced }) => replaced === 1))
  },
)

test('a proxy that is trusted brings the connections of many clients, and may have all', async (t) => {
  const { busy, client, answer } = await crowded(
    t,
    { connections: 10, connectionsPerAddress: 2 },
    { proxies: ['10.0.0.0/8', '127.0.0.1'] },
  )
  await busy(3)
  assert.match(await answer(await client(), '/openapi.json'), /^HTTP\/1\.1 200/)
})

test('a client that does not read answers of any kind is cut off', async (t) => {
  const { client, unread, lines } = await crowded(t, { stall: 1000 })
  await unread(await client())
  await until('it is told', () => lines().some(({ stalled }) => stalled === 1))
})

test('a client that has not read for two seconds makes room for a new connection', async (t) => {
  const { client, unread, answer, lines } = await crowded(t, { connections: 1, stall: 600_000 })
  await unread(await client())
  await until(
    'a new one is served',
    async () => (await answer(await client(), '/openapi.json')).startsWith('HTTP/1.1 200'),
    20_000,
  )
  await until('it is told', () => lines().some(({ stalled }) => stalled === 1))
})
