import type { IncomingMessage } from 'node:http'
import type { FastifyInstance } from 'fastify'
import { Problem } from '../problems/problem.ts'

/** Node keeps the first of these and drops the others without a word; whatever stands before the service may have looked at another one. */
const ONCE = ['host', 'authorization']

/** Every header that fits the limit in bytes is seen (Node drops those after the 2,000th by default), and those that decide who gets in stand once. */
export function registerHeaders(app: FastifyInstance): void {
  app.server.maxHeadersCount = 0
  app.addHook('onRequest', ({ raw }, _reply, done) => done(wrongHeader(raw)))
}

/** What is wrong with the headers that decide who gets in; undefined: nothing. */
export function wrongHeader(raw: IncomingMessage): Problem | undefined {
  const repeated = ONCE.map((name) => ({ name, count: countOf(raw, name) })).find(({ count }) => count > 1)
  if (repeated)
    return new Problem('bad-request', `The header ${repeated.name} stands ${repeated.count} times; it may stand once`)
  if (raw.httpVersion === '1.1' && raw.headers.host === undefined)
    return new Problem('bad-request', 'A request of HTTP/1.1 needs the header Host')
  return undefined
}

/** How often the header of this name stands in the request; `name` is in lower case. */
function countOf({ rawHeaders }: IncomingMessage, name: string): number {
  return rawHeaders.filter((each, at) => at % 2 === 0 && each.length === name.length && each.toLowerCase() === name)
    .length
}
