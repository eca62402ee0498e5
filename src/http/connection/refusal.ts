import type { ServerResponse } from 'node:http'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { retryAfter } from '../problems/retry-after.ts'
import { problems } from '../problems/problem.ts'
import { tooLarge } from './body-limit.ts'
import type { ErrorForm } from '../problems/answer.ts'
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

/** What is the same for each refusal of one client at one URL. */
export interface RefusalForm {
  /** Header fields: name, value, name, value. (Merging objects took 5 of 90 us.) */
  fields: readonly string[]
  body: ErrorForm['body']
}

export interface Refuser {
  /** How many were refused so far. */
  refused: () => number
  /** Answers 503 past all other hooks and the error handler: under ten times the load refusing is most of the work, and takes it from what was let in. */
  refuse: Refuse
  /** The same for a request that Fastify has not seen, in the form of an earlier refusal. */
  refuseUnseen: (response: ServerResponse, id: string, refusal: Refusal, form: RefusalForm) => void
}

/** Refuses, and counts in the log how often. */
export function refuser(app: FastifyInstance): Refuser {
  const count = countedWarning(app, 'refused', 'requests were refused for want of room')
  let refused = 0
  app.decorateRequest('refused', false)
  const refuseUnseen: Refuser['refuseUnseen'] = (response, id, refusal, form) => {
    // Its client has left in the meantime.
    if (response.req.socket.destroyed) return
    count()
    refused += 1
    answer(response, id, refusal, form)
  }
  return {
    refused: () => refused,
    refuseUnseen,
    refuse(request, reply, refusal) {
      request.refused = true
      reply.hijack()
      const close = tooLarge(request, 0) ? ['connection', 'close'] : []
      const { fields, body } = formOf(request, reply)
      refuseUnseen(reply.raw, request.id, refusal, { fields: [...fields, ...close], body })
    },
  }
}

/** What the hooks have set, so that pages of other origins may read the refusal, and what every refusal has. */
export function formOf({ server }: FastifyRequest, reply: FastifyReply): RefusalForm {
  const { 'x-request-id': _, ...set } = reply.getHeaders()
  const { type, body } = server.errorForm
  const all = { ...set, 'content-type': type, ...FIELDS }
  return { fields: Object.entries(all).flatMap(([name, value]) => [name, String(value)]), body }
}

const FIELDS = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' }

function answer(response: ServerResponse, id: string, { detail, wait }: Refusal, { fields, body }: RefusalForm): void {
  const text = JSON.stringify(body({ problem: 'unavailable', message: detail, errors: undefined }, id))
  const length = String(Buffer.byteLength(text))
  const seconds = String(retryAfter(wait, Math.random()))
  const own = ['content-length', length, 'retry-after', seconds, 'x-request-id', id]
  response.writeHead(problems.unavailable.status, [...fields, ...own]).end(text)
}
