import type { FastifyInstance } from 'fastify'
import { tally } from './tally.ts'

/** Takes so many connections at once; one more is closed as soon as it comes, for answering it would take a place. */
export function registerConnections(app: FastifyInstance, most: number): void {
  const dropped = tally(app, 'dropped', `connections were closed at once, for there are ${most}`)
  app.server.maxConnections = most
  app.server.on('drop', dropped)
}
