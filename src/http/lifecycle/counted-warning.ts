import type { FastifyInstance } from 'fastify'

/** How often the log says how many there were, ms. A line each would be 4 % of the work just when there is too much of it. */
const TELL = 1000

/** Counts something that may happen thousands of times a second; the log says how often, under `name`. */
export function countedWarning(app: FastifyInstance, name: string, message: string): () => void {
  let count = 0
  const tell = (): void => {
    if (count > 0) app.log.warn({ [name]: count }, message)
    count = 0
  }
  app.addHook('onClose', (_app, done) => {
    tell()
    done()
  })
  return () => {
    if (count === 0) setTimeout(tell, TELL).unref()
    count += 1
  }
}
