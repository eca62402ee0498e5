import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

/** One answer, as far as it matters here; times in ms from the request. */
export interface Answered {
  status: number
  /** To the first byte. */
  first: number
  /** To the last byte. */
  whole: number
  /** Of the body, as it came over the wire. */
  bytes: number
}

/** A kept-alive connection, for one request at a time. */
export interface Connection {
  /** Rejects when the connection ends before the answer does. */
  ask: (request: Buffer) => Promise<Answered>
  close: () => void
}

/** `key`: shown as Authorization: Bearer. */
export function requestOf(port: number, path: string, key?: string): Buffer {
  return Buffer.from(
    `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAccept: */*\r\n${key === undefined ? '' : `Authorization: Bearer ${key}\r\n`}\r\n`,
  )
}

/**
 * Written by hand for what autocannon does not tell: p95, the first byte of an answer, and the end of one that takes longer than its slice;
 * and because whoever measures shares the cores (28 µs an answer, autocannon's takes 32, the client of Node above 100).
 */
export async function open(port: number): Promise<Connection> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  await once(socket, 'connect')
  let answer: Reading | undefined
  const fail = (error: Error): void => {
    answer?.reject(error)
    answer = undefined
  }
  socket.on('error', fail)
  socket.on('close', () => fail(new Error('the connection was closed in the middle of an answer')))
  socket.on('data', (chunk) => {
    if (answer && take(answer, chunk)) answer = undefined
  })
  return {
    ask: (request) =>
      new Promise((resolve, reject) => {
        if (socket.destroyed) return reject(new Error('the connection was closed before it was asked'))
        answer = {
          resolve,
          reject,
          asked: performance.now(),
          first: 0,
          head: '',
          expected: 0,
          bytes: 0,
          tail: Buffer.alloc(0),
        }
        socket.write(request)
      }),
    close: () => close(socket),
  }
}

interface Reading {
  resolve: (answered: Answered) => void
  reject: (error: Error) => void
  asked: number
  first: number
  head: string
  /** Bytes of the body; 0 before the head has come. */
  expected: number
  bytes: number
  tail: Buffer
}

const lastChunk = Buffer.from('0\r\n\r\n')

/** Reads an answer chunk by chunk; whether it is whole. */
function take(answer: Reading, chunk: Buffer): boolean {
  const now = performance.now()
  answer.first ||= now
  let body = chunk
  if (answer.expected === 0) {
    const end = chunk.indexOf('\r\n\r\n')
    answer.head += chunk.toString('latin1', 0, end < 0 ? chunk.length : end)
    if (end < 0) return false
    answer.expected = Number(/\r\ncontent-length: (\d+)/i.exec(answer.head)?.[1] ?? Number.POSITIVE_INFINITY)
    body = chunk.subarray(end + 4)
  }
  answer.bytes += body.length
  if (!isWhole(answer, body)) return false
  const { resolve, head, asked, first, bytes } = answer
  resolve({ status: Number(head.slice(9, 12)), first: first - asked, whole: now - asked, bytes })
  return true
}

/** Only chunked answers have no length; nothing is pipelined, so the last chunk ends what has arrived. */
function isWhole(answer: Reading, body: Buffer): boolean {
  if (answer.expected < Number.POSITIVE_INFINITY) return answer.bytes >= answer.expected
  answer.tail = Buffer.concat([answer.tail, body.subarray(-lastChunk.length)]).subarray(-lastChunk.length)
  return answer.tail.equals(lastChunk)
}

function close(socket: Socket): void {
  socket.removeAllListeners('close')
  socket.destroy()
}
