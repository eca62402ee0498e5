import cors from '@fastify/cors'
import type { FastifyInstance } from 'fastify'
import { wrongHeader } from '../connection/headers.ts'

const EXPOSED = [
  'ETag',
  'Link',
  'Retry-After',
  'X-Request-Id',
  'RateLimit-Limit',
  'RateLimit-Remaining',
  'RateLimit-Reset',
]
const PREFLIGHT_SECONDS = 600

/** Pages of other origins may read the answers if `origins` lists them (`*`: all). */
export async function registerCors(app: FastifyInstance, origins: readonly string[]): Promise<void> {
  if (origins.length === 0) return
  // A preflight is answered here, before the headers of other requests are looked at.
  app.addHook('onRequest', ({ method, raw }, _reply, done) => done(method === 'OPTIONS' ? wrongHeader(raw) : undefined))
  await app.register(cors, {
    origin: origins.includes('*') ? '*' : [...origins],
    methods: ['GET', 'HEAD'],
    allowedHeaders: ['Accept', 'Authorization', 'If-None-Match', 'X-Request-Id'],
    exposedHeaders: EXPOSED,
    maxAge: PREFLIGHT_SECONDS,
    // Its own refusal of an OPTIONS that is no preflight is no problem document.
    strictPreflight: false,
  })
}
