import type { OutgoingHttpHeaders, ServerResponse } from 'node:http'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { retryAfter } from '../problems/retry-after.ts'
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

/** Why there is no room, and for how long there will most likely be none, ms. */
export interface Refusal {
  detail: string
  wait: number
}

export type Refuse = (request: FastifyRequest, reply: FastifyReply, refusal: Refusal) => void

export interface Refuser {
  /** Answers 503 past all other hooks and the error handler: under ten times the load refusing is most of the work, and takes it from what was let in. */
  refuse: Refuse
  /** The same for a request that Fastify has not seen. `fields`: the header fields that the hooks would have set. */
  refuseUnseen: (response: ServerResponse, id: string, refusal: Refusal, fields: OutgoingHttpHeaders) => void
}

/** Refuses, and counts in the log how often. */
export function refuser(app: FastifyInstance): Refuser {
  const count = countedWarning(app, 'refused', 'requests were refused for want of room')
  app.decorateRequest('refused', false)
  const refuseUnseen: Refuser['refuseUnseen'] = (response, id, refusal, fields) => {
    // Its client has left in the meantime.
    if (response.req.socket.destroyed) return
    count()
    answer(response, id, refusal, fields)
  }
  return {
    refuseUnseen,
    refuse(request, reply, refusal) {
      request.refused = true
      reply.hijack()
      refuseUnseen(reply.raw, request.id, refusal, {
        ...(reply.getHeaders() as OutgoingHttpHeaders),
        ...(tooLarge(request, 0) ? { connection: 'close' } : {}),
      })
    },
  }
}

function answer(response: ServerResponse, id: string, { detail, wait }: Refusal, fields: OutgoingHttpHeaders): void {
  const text = JSON.stringify(body({ problem: 'unavailable', message: detail, errors: undefined }, id))
  response
    .writeHead(problems.unavailable.status, {
      // What the hooks have set: pages of other origins may read it then.
      ...fields,
      'content-type': TYPE,
      'content-length': Buffer.byteLength(text),
      'retry-after': String(retryAfter(wait, Math.random())),
      'x-request-id': id,
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    })
    .end(text)
}
