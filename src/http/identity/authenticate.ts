import type { FastifyInstance } from 'fastify'
import type { Credentials } from '../../access/credentials.ts'
import type { Access, Scope } from '../../access/scopes.ts'
import { bearerReader } from './bearer.ts'
import { clientOf } from './client.ts'
import type { IssuerKeys } from './issuer-keys.ts'

declare module 'fastify' {
  interface FastifyRequest {
    access: Access
    /** Whose requests are counted, and wait for their turn, together. */
    client: string
    /** Why it is not known who asks; thrown only after the request has been counted. */
    unidentified: Error | null
  }
  interface FastifyContextConfig {
    /** What a request needs to be answered here: `read` when left out; null: nothing, it is open to all. */
    scope?: Scope | null
    /** Without keys it is answered only to requests for a name of this machine; true if left out, unless it is open to all. */
    hostChecked?: boolean
  }
}

/** Who gets in. */
export interface AccessRules {
  /** undefined: nobody needs any. */
  credentials: Credentials | undefined
  /** How long the keys of tokens serve beyond their 10 minutes if they cannot be fetched again, ms. */
  staleKeys: number
  /** What those may see who need no credentials. */
  anonymousScopes: readonly Scope[]
  /** Answer only requests for a name of this machine. */
  loopbackNamesOnly: boolean
}

const NOBODY: Access = { name: null, scopes: new Set() }

/** Finds out for each request who asks. Refuses nobody yet: who shows a wrong key is counted among the requests of an address first. */
export function registerAuthentication(
  app: FastifyInstance,
  { credentials, anonymousScopes }: AccessRules,
  issuer: IssuerKeys | undefined,
): void {
  const anonymous: Access = { name: null, scopes: new Set(anonymousScopes) }
  const whoShows = credentials && bearerReader(credentials, issuer)
  app.decorateRequest('access')
  app.decorateRequest('client', '')
  app.decorateRequest('unidentified', null)
  app.addHook('onRequest', async (request) => {
    request.access = NOBODY
    if (request.routeOptions.config.scope !== null) {
      try {
        request.access = whoShows ? await whoShows(request.headers.authorization) : anonymous
      } catch (error) {
        request.unidentified = error as Error
      }
    }
    request.client = clientOf(request)
  })
}
