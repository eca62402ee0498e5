import { connect, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { open, requestOf, type Connection } from '../bench/connection.ts'

/** A client that takes all it can get. It begins at once. */
export interface Greedy {
  /** What came of it, for the report. */
  stop: () => Promise<string>
}

export interface Target {
  port: number
  key: string
}

/** How often a reader that does not read looks whether its connection is still there, ms: a socket that reads nothing hears nothing of its end. */
const LOOK = 250

/** So many connections that ask for a large tree and take nothing of it; each asks again as soon as it has been cut off. */
export function unreadStreams({ port, key }: Target, count: number, path: string): Greedy {
  const request = requestOf(port, path, key)
  const sockets = new Set<Socket>()
  let asked = 0
  let going = true
  const ask = (): void => {
    if (!going) return
    asked += 1
    const socket = connect(port, '127.0.0.1', () => socket.write(request))
    sockets.add(socket)
    socket.on('error', () => undefined)
    const look = setInterval(() => socket.write('\r\n'), LOOK)
    socket.once('close', () => {
      clearInterval(look)
      sockets.delete(socket)
      ask()
    })
  }
  for (let nth = 0; nth < count; nth += 1) ask()
  return {
    async stop() {
      going = false
      for (const socket of sockets) socket.destroy()
      return `${asked} streams`
    },
  }
}

/** So many connections that ask for the same again as soon as they are answered, or refused. */
export function search({ port, key }: Target, count: number, path: string): Greedy {
  const request = requestOf(port, path, key)
  const statuses = new Map<number, number>()
  const connections: Connection[] = []
  const stopping = new AbortController()
  const asking = Array.from({ length: count }, async () => {
    const connection = await open(port)
    connections.push(connection)
    while (!stopping.signal.aborted) {
      const { status } = await connection.ask(request)
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
    }
  })
  for (const each of asking) each.catch(() => undefined)
  return {
    async stop() {
      stopping.abort()
      const ended = await Promise.race([Promise.allSettled(asking), pause(1000)])
      for (const connection of connections) connection.close()
      return `${Array.from(statuses, ([status, times]) => `${times} × ${status}`).join(', ') || 'nothing'} before it left${ended ? '' : ', others unanswered'}`
    },
  }
}

/** So many requests at once on one connection, and again when all are answered. */
export function pipeline({ port, key }: Target, count: number, path: string): Greedy {
  const burst = Buffer.concat(Array.from({ length: count }, () => requestOf(port, path, key)))
  const statuses = new Map<string, number>()
  let inBurst = 0
  let tail = ''
  const socket = connect(port, '127.0.0.1', () => socket.write(burst))
  socket.on('error', () => undefined)
  socket.on('data', (chunk: Buffer) => {
    const text = tail + chunk.toString('latin1')
    let counted = 0
    for (const {
      0: { length },
      1: status = '',
      index,
    } of text.matchAll(/HTTP\/1\.1 (\d{3}) /g)) {
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
      inBurst += 1
      counted = index + length
    }
    // The end of a piece may cut the next status line.
    tail = text.slice(Math.max(counted, text.length - 'HTTP/1.1 200'.length))
    if (inBurst < count) return
    inBurst = 0
    socket.write(burst)
  })
  return {
    async stop() {
      socket.destroy()
      return Array.from(statuses, ([status, times]) => `${times} × ${status}`).join(', ')
    },
  }
}
