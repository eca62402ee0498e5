/**
 * Limit A, in a process of its own: node:http and pg, the service's statement prepared by name, timestamps left as text, JSON.stringify;
 * no validation, no log. `/7` asks with the seventh list of values.
 */
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import pg from 'pg'
import { types } from '../../src/db/pool/statement.ts'

/** What the parent sends. */
export interface Bare {
  url: string
  size: number
  text: string
  values: unknown[][]
  /** Rows answered; the statement may read one more. */
  limit: number
  /** Bytes that an answer gets beside its rows, so that it is as long as the service's. */
  filler: number
}

process.once('disconnect', () => process.exit())
const [{ url, size, text, values, limit, filler }] = (await once(process, 'message')) as [Bare]
const pool = new pg.Pool({ connectionString: url, max: size, types, options: '-c timezone=UTC' })
const page = 'x'.repeat(filler)

const server = createServer((request, response) => void answer(Number(request.url?.slice(1)), response))

async function answer(at: number, response: ServerResponse): Promise<void> {
  try {
    const { rows } = await pool.query({ name: 'limit', text, values: values[at] ?? [] })
    const body = JSON.stringify({ data: rows.length > limit ? rows.slice(0, limit) : rows, page })
    response.writeHead(200, {
      'content-type': 'application/json; charset=utf-8',
      'content-length': Buffer.byteLength(body),
    })
    response.end(body)
  } catch (error) {
    response.writeHead(500)
    response.end((error as Error).message)
  }
}

server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }))
