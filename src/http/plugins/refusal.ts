import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { problems } from '../../errors.ts'
import { body, TYPE } from './problems.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Refused for what others do; counted in the log instead of having a line of its own. */
    refused: boolean
  }
}

export type Refuse = (request: FastifyRequest, reply: FastifyReply, detail: string) => void

const RETRY_SECONDS = 2
/** How often the log says how many were refused, ms. A line each would be 4 % of the work just when there is too much of it. */
const TELL = 1000

/** Answers 503 past all other hooks and the error handler: under ten times the load refusing is most of the work, and takes it from what was let in. */
export function refuser(app: FastifyInstance): Refuse {
  let refused = 0
  const tell = (): void => {
    if (refused > 0) app.log.warn({ refused }, 'requests were refused for want of room')
    refused = 0
  }
  app.decorateRequest('refused', false)
  app.addHook('onClose', (_app, done) => {
    tell()
    done()
  })
  return (request, reply, detail) => {
    if (refused === 0) setTimeout(tell, TELL).unref()
    refused += 1
    request.refused = true
    answer(request, reply, detail)
  }
}

function answer(request: FastifyRequest, reply: FastifyReply, detail: string): void {
  const text = JSON.stringify(body({ problem: 'unavailable', message: detail, errors: undefined }, request.id))
  reply.hijack()
  reply.raw.writeHead(problems.unavailable.status, {
    'content-type': TYPE, 'content-length': Buffer.byteLength(text), 'retry-after': String(RETRY_SECONDS), 'x-request-id': request.id, 'cache-control': 'no-store', 'x-content-type-options': 'nosniff',
  }).end(text)
}
