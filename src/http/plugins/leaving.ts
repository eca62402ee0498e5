import type { FastifyReply } from 'fastify'
import type { Db, Queryable } from '../../db/db.ts'

/** Aborts when the client goes away before it has its answer. (Node's own `close` of a request comes also after a good end.) */
export function left({ raw }: FastifyReply): AbortController {
  const leaving = new AbortController()
  raw.once('close', () => {
    if (!raw.writableFinished) leaving.abort()
  })
  return leaving
}

/** The database as long as somebody waits for the answer: what runs for a client who has left is cancelled. */
export function whileWanted(db: Db, reply: FastifyReply): Queryable {
  const { signal } = left(reply)
  return { query: (statement) => db.query(statement, signal) }
}
