import { hash } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

/** Answers may be kept, and are asked for again each time: a late row, a mended link or a delete shows at once. */
export function registerEtags(app: FastifyInstance): void {
  app.addHook('onRequest', (_request, reply, done) => {
    // In small letters: compression looks for its own name as it writes it, and would name the header a second time.
    void reply.headers({ 'cache-control': 'private, no-cache', vary: 'accept, accept-encoding, authorization' })
    done()
  })
}

/**
 * Gives the answer an ETag made of its state: a text that is another one as soon as anything that the answer says is. True where the client holds that
 * already and has been told so with a 304: then the body need not be made. Weak: the window of a page moves with the clock while its rows stay the same.
 */
export function unchanged(request: FastifyRequest, reply: FastifyReply, state: string): boolean {
  // Error messages are shown to the scopes of who asks: no two scopes share a tag, so that none is told of the other's text.
  const scopes = [...request.access.scopes].toSorted().join(' ')
  const tag = `W/"${hash('sha1', `${request.form} ${scopes} ${state}`, 'base64url')}"`
  void reply.header('etag', tag)
  const given = request.headers['if-none-match']
  if (given === undefined || !(given.trim() === '*' || given.split(',').some((each) => opaque(each) === opaque(tag))))
    return false
  void reply.code(304).send()
  return true
}

/** If-None-Match compares weakly. */
function opaque(tag: string): string {
  return tag.trim().replace(/^W\//, '')
}
