import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Problem } from '../problems/problem.ts'

/**
 * No resource takes a body. What some clients add to a GET is let pass; more than that would only be read to be thrown away. Refuses bodies
 * that are larger than `most` bytes or do not say how large they are; the connection is closed instead of reading them.
 */
export function registerBody(app: FastifyInstance, most: number): void {
  // None is read: one that is wrong would hide that its path or its method is.
  app.removeAllContentTypeParsers()
  app.addHook('onRequest', (request, reply, done) => {
    if (tooLarge(request, most)) void reply.header('connection', 'close')
    done()
  })
  // After the path and the method have been looked at: what is wrong with those says more.
  app.addHook('preValidation', (request, _reply, done) => {
    done(
      tooLarge(request, most) && !request.is404
        ? new Problem(
            'content-too-large',
            `No resource takes a body; up to ${most} bytes of one are ignored, with a Content-Length`,
          )
        : undefined,
    )
  })
}

/** More than `most` bytes, or nobody knows how many. */
export function tooLarge({ headers }: FastifyRequest, most: number): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > most
}
