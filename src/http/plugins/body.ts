import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Problem } from '../../errors.ts'

/** No resource takes a body. What some clients add to a GET is let pass; more than that, bytes, would only be read to be thrown away. */
const MAX_BODY = 1024

/** Refuses bodies that are too large or do not say how large they are; the connection is closed instead of reading them. */
export function registerBody(app: FastifyInstance): void {
  app.addHook('onRequest', (request, reply, done) => {
    if (tooLarge(request)) void reply.header('connection', 'close')
    done()
  })
  // After the path and the method have been looked at: what is wrong with those says more.
  app.addHook('preValidation', (request, _reply, done) => {
    done(tooLarge(request) && !request.is404 ? new Problem('content-too-large', `No resource takes a body; up to ${MAX_BODY} bytes of one are ignored, with a Content-Length`) : undefined)
  })
}

function tooLarge({ headers }: FastifyRequest): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > MAX_BODY
}
