import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Problem } from '../problems/problem.ts'
import { preferredType } from './accept.ts'

/** The forms that a resource may have, by the short name that `?format=` takes. */
export const forms = {
  json: 'application/json',
  ndjson: 'application/x-ndjson',
  text: 'text/plain',
  html: 'text/html',
  mermaid: 'text/vnd.mermaid',
  dot: 'text/vnd.graphviz',
  otlp: 'application/vnd.otlp+json',
} as const

const JSON_ONLY = ['json'] as const

export type Form = keyof typeof forms

declare module 'fastify' {
  interface FastifyRequest {
    /** The form that the answer will have. */
    form: Form
  }
  interface FastifyContextConfig {
    /** The forms of this resource, the preferred one first; JSON alone when left out. */
    forms?: readonly Form[]
  }
}

/** Chooses the form by `?format=`, else by Accept; 406 says which there are. */
export function registerContentType(app: FastifyInstance): void {
  app.decorateRequest('form', 'json')
  app.addHook('preHandler', (request, _reply, done) => {
    // Pages of plugins, and what is not found, have their own form.
    if (request.is404 || request.routeOptions.schema?.operationId === undefined) return done()
    const known = request.routeOptions.config.forms ?? JSON_ONLY
    const { format } = request.query as { format?: Form }
    const form = format ?? accepted(request, known)
    if (form !== undefined) request.form = form
    done(form === undefined ? notAcceptable(request, known) : undefined)
  })
}

function accepted({ headers: { accept } }: FastifyRequest, known: readonly Form[]): Form | undefined {
  if (accept === undefined || accept === '*/*') return known[0]
  const best = preferredType(
    accept,
    known.map((name) => forms[name]),
  )
  return known.find((name) => forms[name] === best)
}

function notAcceptable(request: FastifyRequest, known: readonly Form[]): Problem {
  return new Problem(
    'not-acceptable',
    `Accept: ${String(request.headers.accept).slice(0, 200)} allows none of ${known.map((name) => forms[name]).join(', ')}`,
  )
}
