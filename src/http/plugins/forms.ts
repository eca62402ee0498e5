import accepts from '@fastify/accepts'
import type { FastifyInstance } from 'fastify'
import { Problem } from '../../errors.ts'

/** The forms that a resource may have, by the short name that `?format=` takes. */
export const forms = {
  json: 'application/json',
  ndjson: 'application/x-ndjson',
  text: 'text/plain',
  html: 'text/html',
} as const

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
export async function registerForms(app: FastifyInstance): Promise<void> {
  await app.register(accepts)
  app.decorateRequest('form', 'json')
  app.addHook('preHandler', async (request, reply) => {
    const known = request.routeOptions.config.forms ?? ['json']
    const { format } = request.query as { format?: Form }
    const form = format ?? known.find((name) => forms[name] === request.type(known.map((each) => forms[each])))
    if (form === undefined) throw new Problem('not-acceptable', `Accept: ${String(request.headers.accept).slice(0, 200)} allows none of ${known.map((name) => forms[name]).join(', ')}`)
    request.form = form
    if (known.length > 1) void reply.header('vary', 'Accept')
  })
}
