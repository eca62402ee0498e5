import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import type { TestContext } from 'node:test'
import { onTeardown } from './teardown.ts'

/** A protocol version and pairs of name and value: the first that a client says. */
const HEAD = 8
const KEPT = new Set(['user', 'database', 'client_encoding'])

/** A database url that leads through a pooler which ignores what a connection asks for when it starts (`ignore_startup_parameters` of PgBouncer). */
export async function forgetfulPooler(t: TestContext, of: string): Promise<string> {
  const { hostname, port } = new URL(of)
  const sockets = new Set<Socket>()
  const held = (socket: Socket): Socket => {
    sockets.add(socket)
    return socket.on('error', () => undefined).on('close', () => sockets.delete(socket))
  }
  const server = createServer((client) => {
    const database = connect(Number(port), hostname)
    held(client).on('close', () => database.destroy())
    held(database).on('close', () => client.destroy())
    client.once('data', (first) => {
      database.write(withoutParameters(first))
      client.pipe(database)
    })
    database.pipe(client)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTeardown(t, async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  })
  const url = new URL(of)
  url.host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  return url.href
}

/** The startup message without what is not kept. A cancel request has no such pairs and passes as it is. */
function withoutParameters(first: Buffer): Buffer {
  const version = first.readInt32BE(4)
  if (version >> 16 !== 3) return first
  const words = first.subarray(HEAD, -2).toString('latin1').split('\0')
  const kept = words.filter((_, at) => KEPT.has(words[at - (at % 2)] ?? ''))
  const body = Buffer.from(`${kept.join('\0')}\0\0`, 'latin1')
  const head = Buffer.alloc(HEAD)
  head.writeInt32BE(HEAD + body.length, 0)
  head.writeInt32BE(version, 4)
  return Buffer.concat([head, body])
}
