import { createPublicKey } from 'node:crypto'
import { createRemoteJWKSet, errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose'
import type { TokenTrust } from '../../domain/credentials.ts'
import { isScope, type Access } from '../../domain/scope.ts'
import { Problem } from '../../errors.ts'
import { refused } from './refused.ts'

/** Asymmetric ones alone: with HS256 a public key, which anybody may have, would be taken for the secret. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519']
/** How far the clock of whoever makes the tokens may be off, s. */
const TOLERANCE = 30
/** Longest wait for the keys, ms; they are kept for 10 minutes. */
const FETCH_TIMEOUT = 3000
const RETRY_SECONDS = 2
/** Requests that wait for the keys at once: where their address is silent, tokens that anybody can write would fill all places of the service. */
const MOST_WAITING = 5

/** Checks a JWT: signature, issuer, audience and expiry. Throws `unauthenticated` (401), or `unavailable` (503) where the keys cannot be had. */
export function tokenReader({ keys, issuer, audience }: TokenTrust): (token: string) => Promise<Access> {
  const findKey = 'url' in keys ? remoteKeys(keys.url) : localKey(keys.pem)
  const options = { issuer, audience, algorithms: ALGORITHMS, requiredClaims: ['exp', 'sub'], clockTolerance: TOLERANCE }
  return async (token) => {
    try {
      return access((await jwtVerify(token, findKey, options)).payload)
    } catch (error) {
      if (error instanceof Problem) throw error
      throw refused(reason(error))
    }
  }
}

function localKey(pem: string): JWTVerifyGetKey {
  const key = createPublicKey(pem)
  return async () => key
}

function remoteKeys(url: string): JWTVerifyGetKey {
  const find = createRemoteJWKSet(new URL(url), { timeoutDuration: FETCH_TIMEOUT })
  let waiting = 0
  return async (header, token) => {
    if (find.reloading && waiting >= MOST_WAITING) throw keysAway()
    waiting += 1
    try {
      return await find(header, token)
    } catch (cause) {
      if (cause instanceof errors.JWKSNoMatchingKey || cause instanceof errors.JWKSMultipleMatchingKeys) throw cause
      throw keysAway(cause)
    } finally {
      waiting -= 1
    }
  }
}

function keysAway(cause?: unknown): Problem {
  return new Problem('unavailable', 'The keys that tokens are checked against cannot be fetched', { cause, retryAfter: RETRY_SECONDS })
}

/** A token's name has a colon, which no key's name has: the two never count as one. */
function access({ sub, scope, scp }: JWTPayload): Access {
  // A subject that is no text would share its count with others.
  if (typeof sub !== 'string' || sub === '') throw refused('The claim sub of the token is not a text')
  const granted = [scope, scp].flatMap((claim) => (typeof claim === 'string' ? claim.split(' ') : Array.isArray(claim) ? (claim as unknown[]) : []))
  return { name: `token:${sub}`, scopes: new Set(granted.filter(isScope)) }
}

function reason(error: unknown): string {
  if (error instanceof errors.JWTExpired) return 'The token has expired'
  if (error instanceof errors.JWTClaimValidationFailed) return `The claim ${error.claim} of the token is missing, or not what this service asks for`
  if (error instanceof errors.JOSEAlgNotAllowed) return `The token is not signed with one of ${ALGORITHMS.join(' ')}`
  if (error instanceof errors.JWKSNoMatchingKey) return 'The token is signed with a key that its issuer does not list'
  return 'The token is not one that this service takes'
}
