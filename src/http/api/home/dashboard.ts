import { readdir, readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import { noAsset } from '../../problems/not-found.ts'
import { forms } from '../../negotiate/content-type.ts'

const types: Record<string, string> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
}

/** Stricter than that of the other pages: no inline style, and no text becomes code but the URL of the worker that lays out trees. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "connect-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types dashboard',
].join(';')

/** Needs no key, for the files hold no data; and is answered while the service starts, so that a browser sees how far it is. */
const config = { scope: null, hostChecked: true, duringStart: true } as const

/** GET / for browsers, and the files of the page. `folder` holds what the build made: index.html, and dashboard/ with names that change with their content. */
export const dashboard: FastifyPluginAsync<{ folder: string }> = async (app, { folder }) => {
  const page = await readFile(join(folder, 'index.html'))
  const assets = new Map<string, Buffer>()
  for (const name of await readdir(join(folder, 'dashboard')))
    assets.set(name, await readFile(join(folder, 'dashboard', name)))

  app.get('/', { config, schema: { hide: true }, constraints: { form: 'html' } }, (_request, reply) =>
    sendFile(reply, page, `${forms.html}; charset=utf-8`),
  )
  app.get<{ Params: { name: string } }>('/dashboard/:name', { config, schema: { hide: true } }, (request, reply) => {
    const asset = assets.get(request.params.name)
    if (asset === undefined) throw noAsset(request.params.name)
    void reply.header('cache-control', 'public, max-age=31536000, immutable')
    return sendFile(reply, asset, types[extname(request.params.name)] ?? 'application/octet-stream')
  })
}

function sendFile(reply: FastifyReply, file: Buffer, type: string): FastifyReply {
  return reply.header('content-security-policy', POLICY).type(type).send(file)
}
