import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'
import type { TestContext } from 'node:test'
import { onTeardown } from '../support/teardown.ts'

const types: Record<string, string> = {
  '.css': 'text/css',
  '.html': 'text/html',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript',
  '.svg': 'image/svg+xml',
}

/** What the UI asked for below /api/, and the status that it got. */
export interface Asked {
  path: string
  status: number
}

/** Serves the built UI of a folder, and passes what it asks on to /jaeger of the service, as docs/jaeger.md says that a proxy does. Resolves to its URL. */
export async function proxied(t: TestContext, folder: string, service: string, asked: Asked[]): Promise<string> {
  const answer = async ({ url = '/', method = 'GET' }: IncomingMessage, response: ServerResponse): Promise<void> => {
    const api = url.startsWith('/api/')
    const { status, type, body } = await (api ? passedOn(`${service}/jaeger${url}`, method) : file(folder, url))
    if (api) asked.push({ path: url, status })
    response.writeHead(status, { 'content-type': type }).end(body)
  }
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.writeHead(502).end())
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  onTeardown(t, () => server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

interface Answer {
  status: number
  type: string
  body: Buffer
}

async function passedOn(url: string, method: string): Promise<Answer> {
  const answer = await fetch(url, { method })
  const body = Buffer.from(await answer.arrayBuffer())
  return { status: answer.status, type: answer.headers.get('content-type') ?? '', body }
}

/** Each view of the UI has a path, and all of them are its one page. */
async function file(folder: string, url: string): Promise<Answer> {
  const { pathname } = new URL(url, 'http://127.0.0.1')
  const at = pathname.indexOf('/static/')
  const name = at === -1 ? 'index.html' : pathname.slice(at)
  return {
    status: 200,
    type: types[extname(name)] ?? 'application/octet-stream',
    body: await readFile(join(folder, name)),
  }
}
