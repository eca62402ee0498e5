import type { FastifyInstance, FastifyRequest, RouteOptions } from 'fastify'
import { isAddedByProxies, isLoopbackHost } from '../../access/loopback.ts'
import type { Scope } from '../../access/scopes.ts'
import { Problem } from '../problems/problem.ts'
import { REALM } from './unauthenticated.ts'
import { accessResponses } from '../schemas/problem.ts'
import type { AccessRules } from './authenticate.ts'

/** Refuses those who may not see the resource at all. */
export function registerAuthorization(app: FastifyInstance, { loopbackNamesOnly }: AccessRules): void {
  app.addHook('onRoute', documentAccess)
  app.addHook('onRequest', (request, _reply, done) => {
    const { scope = 'read', hostChecked = scope !== null } = request.routeOptions.config
    if (loopbackNamesOnly && hostChecked) refuseOthers(request)
    if (scope === null) return done()
    if (request.unidentified) throw request.unidentified
    demandScope(request, scope, 'This resource')
    done()
  })
}

/** Throws the problem `forbidden` (403), naming the scope, where it is not among those of the request. `what` is what was asked for, e.g. `include=payload`. */
export function demandScope({ access }: FastifyRequest, scope: Scope, what: string): void {
  if (access.scopes.has(scope)) return
  const had = [...access.scopes].join(', ') || 'none'
  throw new Problem(
    'forbidden',
    `${what} needs the scope ${scope}; ${access.name === null ? 'without a key' : 'with what was shown'} the scopes are: ${had}`,
    {
      headers: { 'www-authenticate': `${REALM}, error="insufficient_scope", scope="${scope}"` },
    },
  )
}

/**
 * A page of elsewhere whose name is made to lead here (DNS rebinding) reads what the browser's user may read, but cannot change the Host header.
 * A proxy on this machine would let everybody in under its own name; one that adds no header at all (nginx by default) is not seen, SECURITY.md says so.
 * 403, not 421, which invites the client to try again. HTTP/1.0 may come without Host; no browser does.
 */
function refuseOthers({ headers, url }: FastifyRequest): void {
  const proxied = Object.keys(headers).find(isAddedByProxies)?.slice(0, 60)
  if (proxied !== undefined)
    throw new Problem(
      'forbidden',
      `Without keys only requests of this machine are answered; this one came through a proxy (${proxied})`,
    )
  // GET http://name/path is how a proxy is asked, and its name stands above that of the Host header (RFC 9112, 3.2.2).
  const target = /^\w+:\/\/([^/?#]*)/.exec(url)?.[1]
  const names = [
    ['request line', target],
    ['Host header', headers.host],
  ] as const
  const [where] = names.find(([, name]) => name !== undefined && !isLoopbackHost(name)) ?? []
  if (where === undefined) return
  throw new Problem(
    'forbidden',
    `Without keys only requests to localhost, 127.0.0.0/8 or [::1] are answered, and the ${where} names another; API_KEYS_FILE configures keys, AUTH=none answers everybody`,
  )
}

/** Every operation says in the OpenAPI document what it needs, and how it refuses. */
function documentAccess(route: RouteOptions): void {
  const { scope = 'read' } = route.config ?? {}
  if (route.schema?.operationId === undefined) return
  if (scope === null) route.schema = { ...route.schema, security: [] }
  else
    route.schema = {
      ...route.schema,
      security: [{ bearer: [scope] }],
      response: { ...(route.schema.response as object), ...accessResponses },
    }
}
