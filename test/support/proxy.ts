import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

/**
 * What a network may do to connections: `pass` them; `refuse` new ones; `swallow` every byte, new connections being accepted all the same;
 * answer each new one with an error of Postgres (a SQLSTATE).
 */
type Mode = 'pass' | 'refuse' | 'swallow' | { sqlstate: string }

interface Pair {
  client: Socket
  server: Socket
  /** Bytes were lost: what comes later would be junk. */
  dead: boolean
}

/** A TCP proxy before a Postgres, for trouble on demand. */
export interface Proxy {
  /** A database url, but through the proxy. */
  url: (of: string) => string
  become: (mode: Mode) => Promise<void>
  /** Each piece of data waits so long, ms. */
  delay: (ms: number) => void
  /** Resets the connections that are there. */
  reset: () => void
  /** Swallows all that is sent on the connections that are there, for ever; new ones are as the mode says. */
  forget: () => void
  /** Takes nothing more from the connections that are there, so that their server waits for room to send; new ones are as the mode says. */
  stall: () => void
  /** Connections that pass just now. */
  open: () => number
  close: () => Promise<void>
}

export async function startProxy(target: string): Promise<Proxy> {
  const { hostname, port: targetPort } = new URL(target)
  const pairs = new Set<Pair>()
  const all = new Set<Socket>()
  let mode: Mode = 'pass'
  let delay = 0
  const held = (socket: Socket): Socket => {
    all.add(socket)
    return socket.on('error', () => undefined).on('close', () => all.delete(socket))
  }
  const accept = (client: Socket): void => {
    held(client)
    if (typeof mode === 'object') {
      const { sqlstate } = mode
      client.once('data', () => client.end(refusal(sqlstate)))
      return
    }
    if (mode === 'swallow') return void client.resume()
    const pair = { client, server: held(connect(Number(targetPort), hostname)), dead: false }
    pairs.add(pair)
    for (const [from, to] of [
      [client, pair.server],
      [pair.server, client],
    ] as const)
      join(pair, from, to)
  }
  const join = (pair: Pair, from: Socket, to: Socket): void => {
    let last = Promise.resolve<unknown>(undefined)
    from.on('data', (chunk) => {
      if (pair.dead) return
      if (delay === 0) to.write(chunk)
      else last = Promise.all([last, pause(delay)]).then(() => pair.dead || to.write(chunk))
    })
    // A swallowing network passes on neither an end nor a reset.
    from.on('close', () => {
      pairs.delete(pair)
      if (!pair.dead) void last.then(() => to.destroy())
    })
  }
  const forget = (): void => {
    for (const pair of pairs) pair.dead = true
    pairs.clear()
  }
  let server = await listening(0, accept)
  const { port } = server.address() as AddressInfo
  return {
    url(of) {
      const url = new URL(of)
      url.host = `127.0.0.1:${port}`
      return url.href
    },
    async become(next) {
      if (next === 'swallow') forget()
      if (next === 'refuse') server.close()
      else if (mode === 'refuse') server = await listening(port, accept)
      mode = next
    },
    delay(ms) {
      delay = ms
    },
    reset() {
      for (const { client, server: other } of pairs) {
        client.resetAndDestroy()
        other.destroy()
      }
    },
    forget,
    stall() {
      for (const { server: other } of pairs) other.pause()
      forget()
    },
    open: () => pairs.size,
    async close() {
      for (const socket of all) socket.destroy()
      if (server.listening) await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function listening(port: number, accept: (socket: Socket) => void): Promise<Server> {
  const server = createServer({ allowHalfOpen: false }, accept).listen(port, '127.0.0.1')
  await once(server, 'listening')
  return server
}

/** ErrorResponse of the protocol: severity, SQLSTATE, message. */
function refusal(sqlstate: string): Buffer {
  const fields = Buffer.from(`SFATAL\0VFATAL\0C${sqlstate}\0Mrefused by the proxy\0\0`)
  const head = Buffer.from('E....')
  head.writeInt32BE(fields.length + 4, 1)
  return Buffer.concat([head, fields])
}
