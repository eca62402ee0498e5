import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Problem } from '../problems/problem.ts'
import { onResponseEnd } from './on-response-end.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Aborts when nobody waits for the answer any more, or it would come too late. */
    cancellation: AbortController
    /** The answer is on its way, though its headers may not be: a packed one has none before its first piece. */
    answering: boolean
  }
}

/** Gives each request its end: the client goes away before it has its answer, or the whole of it takes longer than `patience` (ms). */
export function registerCancellation(app: FastifyInstance, patience: number): void {
  app.decorateRequest('cancellation')
  app.decorateRequest('answering', false)
  app.addHook('onRequest', (request, reply, done) => {
    request.cancellation = new AbortController()
    const timer = setTimeout(() => endLate(request, reply, patience), patience).unref()
    onResponseEnd(reply, () => {
      clearTimeout(timer)
      if (!reply.raw.writableFinished) request.cancellation.abort()
    })
    done()
  })
  app.addHook('onSend', (request, _reply, _payload, done) => {
    request.answering = true
    done()
  })
}

/** Answers by itself: cancelling needs a network, and that may be what is lost. */
function endLate(request: FastifyRequest, reply: FastifyReply, patience: number): void {
  const begun = request.answering
  // A stream may be read for longer; it is cut off by a time of its own.
  if (begun && request.form === 'ndjson') return
  if (begun) {
    request.log.info({ patience }, 'an answer was cut off: its reader took too long')
    // One that waits behind others of its connection has none to close yet.
    request.worked?.()
    reply.raw.destroy()
  } else
    void reply.send(
      new Problem(
        'timeout',
        `The answer took longer than the ${patience / 1000} s that the service allows; ask for a smaller window, page or tree`,
      ),
    )
  // What the cancelled work throws now has been answered; Fastify would log it as an error.
  reply.log = request.log.child({}, { level: 'silent' })
  request.cancellation.abort()
}
