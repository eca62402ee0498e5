import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance } from 'fastify'
import { Problem } from '../problems/problem.ts'
import { isUnlimited } from './load-shedding.ts'
import { rateStore } from './rate-store.ts'

const MINUTE = 60_000
/** Counts that are kept; the one that was used longest ago goes first. By default 5,000, which an IPv6 network of one customer (/48) can push out. */
const COUNTS = 100_000

/**
 * So many requests a minute for each client, with the headers RateLimit-*. 0: any number.
 * What is refused later counts too (a wrong key, an unknown path or method); what is marked `unlimited` does not.
 */
export async function registerRateLimit(app: FastifyInstance, most: number): Promise<void> {
  if (most === 0) return
  await app.register(rateLimit, {
    global: false,
    max: most,
    timeWindow: MINUTE,
    store: rateStore(COUNTS),
    enableDraftSpec: true,
    keyGenerator: ({ client }) => client,
    allowList: (request) => isUnlimited(request),
    errorResponseBuilder: (_request, { ttl }) => {
      const retryAfter = Math.max(1, Math.ceil(ttl / 1000))
      return new Problem(
        'too-many-requests',
        `More than ${most} requests in a minute; the next may come in ${retryAfter} s`,
        { retryAfter },
      )
    },
  })
  app.addHook('onRequest', app.rateLimit())
}
