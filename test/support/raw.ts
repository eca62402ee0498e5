import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { patience } from './patience.ts'

/** One answer as it came over the wire; header names in lower case. */
export interface RawAnswer {
  status: number
  headers: Record<string, string>
  body: string
}

/** Sends bytes over a bare socket, for what no HTTP client would send; resolves with all answers when the server closes the connection. */
export async function raw(base: string, bytes: string, deadline = patience(10_000)): Promise<RawAnswer[]> {
  const { hostname, port } = new URL(base)
  const received = await new Promise<string>((resolve, reject) => {
    const chunks: Buffer[] = []
    const socket = connect(Number(port), hostname, () => socket.write(bytes, 'latin1'))
    const timer = setTimeout(() => {
      socket.destroy()
      reject(
        new Error(`the server did not close within ${deadline} ms; it had sent: ${Buffer.concat(chunks).toString()}`),
      )
    }, deadline)
    socket.on('data', (chunk) => chunks.push(chunk))
    socket.on('error', () => undefined)
    socket.on('close', () => {
      clearTimeout(timer)
      resolve(Buffer.concat(chunks).toString())
    })
  })
  return answersIn(received)
}

/** The same with the one answer that is expected. */
export async function rawOnce(base: string, bytes: string): Promise<RawAnswer> {
  const answers = await raw(base, bytes)
  assert.equal(answers.length, 1, `answers to ${JSON.stringify(bytes.slice(0, 60))}: ${JSON.stringify(answers)}`)
  return answers[0]!
}

/** A request that ends its connection: `GET /path`, further header lines. */
export function request(line: string, ...headers: string[]): string {
  return [`${line} HTTP/1.1`, 'Host: here', 'Connection: close', ...headers, '', ''].join('\r\n')
}

function answersIn(text: string): RawAnswer[] {
  const [head, ...others] = text.split('\r\n\r\n')
  if (head === undefined || head === '') return []
  const rest = others.join('\r\n\r\n')
  const [first = '', ...lines] = head.split('\r\n')
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  )
  const length = Number(headers['content-length'] ?? 0)
  const bytes = Buffer.from(rest)
  return [
    { status: Number(first.split(' ')[1]), headers, body: bytes.subarray(0, length).toString() },
    ...answersIn(bytes.subarray(length).toString()),
  ]
}
