import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Problem } from '../../errors.ts'

/** `read`: lists, trees, error messages; `read:payload`: payloads, options, results, stacks, e-mail; `metrics`: figures of the service itself. */
export type Scope = 'read' | 'read:payload' | 'metrics'

/** Who asks, and what they may see. */
export interface Access {
  /** Of the key or token; null without one. */
  name: string | null
  scopes: ReadonlySet<Scope>
}

declare module 'fastify' {
  interface FastifyRequest {
    access: Access
  }
}

/** Decides for each request who asks and what they may see. */
export function registerAccess(app: FastifyInstance, anonymous: readonly Scope[]): void {
  const access: Access = { name: null, scopes: new Set(anonymous) }
  app.decorateRequest('access', { getter: () => access })
}

/** Throws the problem `forbidden` (403), naming the scope, where it is not among those of the request. `what` is what was asked for, e.g. `include=payload`. */
export function demandScope({ access }: FastifyRequest, scope: Scope, what: string): void {
  if (access.scopes.has(scope)) return
  const had = [...access.scopes].join(', ') || 'none'
  throw new Problem('forbidden', `${what} needs the scope ${scope}; ${access.name === null ? 'without a key the scopes are' : `the scopes of ${access.name} are`}: ${had}`, {
    headers: { 'www-authenticate': `Bearer error="insufficient_scope", scope="${scope}"` },
  })
}
