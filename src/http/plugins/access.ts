import type { FastifyInstance } from 'fastify'

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
