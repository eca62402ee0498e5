import type { OutgoingHttpHeaders } from 'node:http'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { problems } from '../problems/problem.ts'
import { tooLarge } from './body-limit.ts'
import { body, TYPE } from '../problems/answer.ts'
import { countedWarning } from '../lifecycle/counted-warning.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Refused for what others do; counted in the log instead of having a line of its own. */
    refused: boolean
  }
}

export type Refuse = (request: FastifyRequest, reply: FastifyReply, detail: string) => void

/** Answers 503 past all other hooks and the error handler: under ten times the load refusing is most of the work, and takes it from what was let in. */
export function refuser(app: FastifyInstance): Refuse {
  const count = countedWarning(app, 'refused', 'requests were refused for want of room')
  app.decorateRequest('refused', false)
  return (request, reply, detail) => {
    count()
    request.refused = true
    answer(request, reply, detail)
  }
}

function answer(request: FastifyRequest, reply: FastifyReply, detail: string): void {
  const text = JSON.stringify(body({ problem: 'unavailable', message: detail, errors: undefined }, request.id))
  reply.hijack()
  reply.raw
    .writeHead(problems.unavailable.status, {
      // What the hooks before have set: pages of other origins may read it then.
      ...(reply.getHeaders() as OutgoingHttpHeaders),
      'content-type': TYPE,
      'content-length': Buffer.byteLength(text),
      'retry-after': String(problems.unavailable.retryAfter),
      'x-request-id': request.id,
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      ...(tooLarge(request, 0) ? { connection: 'close' } : {}),
    })
    .end(text)
}
