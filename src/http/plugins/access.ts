import type { FastifyInstance, FastifyRequest, RouteOptions } from 'fastify'
import type { Credentials } from '../../domain/credentials.ts'
import { isLoopbackHost } from '../../domain/loopback.ts'
import type { Scope } from '../../domain/scope.ts'
import { Problem } from '../../errors.ts'
import { bearerReader } from '../access/bearer.ts'
import { accessResponses } from '../schemas/problem.ts'

/** Who asks, and what they may see. */
export interface Access {
  /** Of the key, or `token:` and the subject of the token; null without one. */
  name: string | null
  scopes: ReadonlySet<Scope>
}

declare module 'fastify' {
  interface FastifyRequest {
    access: Access
  }
  interface FastifyContextConfig {
    /** What a request needs to be answered here: `read` when left out; null: nothing, it is open to all. */
    scope?: Scope | null
  }
}

export interface Door {
  /** undefined: nobody needs any. */
  credentials: Credentials | undefined
  /** What those may see who need no credentials. */
  anonymousScopes: readonly Scope[]
  /** Answer only requests for a name of this machine. */
  loopbackNamesOnly: boolean
}

const NOBODY: Access = { name: null, scopes: new Set() }

/** Decides for each request who asks and what they may see, and refuses those who may not see the resource at all. */
export function registerAccess(app: FastifyInstance, { credentials, anonymousScopes, loopbackNamesOnly }: Door): void {
  const anonymous: Access = { name: null, scopes: new Set(anonymousScopes) }
  const whoShows = credentials && bearerReader(credentials)
  app.decorateRequest('access')
  app.addHook('onRoute', documentAccess)
  app.addHook('onRequest', async (request) => {
    request.access = NOBODY
    const { scope = 'read' } = request.routeOptions.config
    if (scope === null) return
    if (loopbackNamesOnly) refuseOtherNames(request.headers.host)
    request.access = whoShows ? await whoShows(request.headers.authorization) : anonymous
    demandScope(request, scope, 'This resource')
  })
}

/** Throws the problem `forbidden` (403), naming the scope, where it is not among those of the request. `what` is what was asked for, e.g. `include=payload`. */
export function demandScope({ access }: FastifyRequest, scope: Scope, what: string): void {
  if (access.scopes.has(scope)) return
  const had = [...access.scopes].join(', ') || 'none'
  throw new Problem('forbidden', `${what} needs the scope ${scope}; ${access.name === null ? 'without a key' : 'with what was shown'} the scopes are: ${had}`, {
    headers: { 'www-authenticate': `Bearer error="insufficient_scope", scope="${scope}"` },
  })
}

/**
 * A page of elsewhere whose name is made to lead here (DNS rebinding) reads what the browser's user may read, but cannot change the Host header.
 * 403, not 421, which invites the client to try again. HTTP/1.0 may come without Host; no browser does.
 */
function refuseOtherNames(host: string | undefined): void {
  if (host === undefined || isLoopbackHost(host)) return
  throw new Problem('forbidden', 'Without keys only requests to localhost, 127.0.0.0/8 or [::1] are answered; the Host header names another')
}

/** The documentation is open to all; every other route says in the OpenAPI document what it needs, and how it refuses. */
function documentAccess(route: RouteOptions): void {
  if (/^\/docs(\/|$)/.test(route.url)) route.config = { ...route.config, scope: null }
  const { scope = 'read' } = route.config ?? {}
  if (route.schema?.operationId === undefined) return
  if (scope === null) route.schema = { ...route.schema, security: [] }
  else route.schema = { ...route.schema, security: [{ bearer: [scope] }], response: { ...(route.schema.response as object), ...accessResponses } }
}
