import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

declare module 'fastify' {
  interface FastifyRequest {
    /** How many rows of the database the answer was made of. */
    rows: number
    /** Which personal data the answer holds, by the names of its fields. */
    personal?: readonly string[]
  }
}

const SAFE = /^[\w.:-]{1,128}$/

/** The caller's `x-request-id` where it is harmless in a log, a new one otherwise. */
export function requestId(request: IncomingMessage): string {
  const given = request.headers['x-request-id']
  return typeof given === 'string' && SAFE.test(given) ? given : randomUUID()
}

/** One line a request. The query string is left out: it may hold correlation ids, which callers make of anything. */
export function registerRequestLog(app: FastifyInstance): void {
  app.decorateRequest('rows', 0)
  app.decorateRequest('personal')
  app.addHook('onRequest', (request, reply, done) => {
    void reply.header('x-request-id', request.id)
    done()
  })
  app.addHook('onResponse', (request, reply, done) => {
    if (!request.refused) logAnswer(request, reply)
    done()
  })
  app.addHook('onRequestAbort', async (request) => {
    request.log.info({ method: request.method, route: request.routeOptions.url ?? 'none' }, 'the client went away')
  })
}

/** `ms` from the arrival of the headers to the end of the answer. */
export function logAnswer(request: FastifyRequest, reply: FastifyReply): void {
  const { method, routeOptions, rows, access, personal } = request
  request.log.info(
    {
      method,
      route: routeOptions.url ?? 'none',
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime * 10) / 10,
      rows,
      ...(access?.name ? { key: keyOf(access.name) } : {}),
      ...(personal && personal.length > 0 ? { personal } : {}),
    },
    'request',
  )
}

/** The subject of a token may be somebody's e-mail address. */
function keyOf(name: string): string {
  return name.startsWith('token:') ? 'token' : name
}
