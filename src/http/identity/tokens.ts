import { errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose'
import type { TokenTrust } from '../../access/credentials.ts'
import { isScope, type Access } from '../../access/scopes.ts'
import { Problem } from '../problems/problem.ts'
import { refused } from './unauthenticated.ts'

/** Asymmetric ones alone: with HS256 a public key, which anybody may have, would be taken for the secret. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519']
/** How far the clock of whoever makes the tokens may be off, s. */
const TOLERANCE = 30

/** Checks a JWT: signature, issuer, audience and expiry. Throws `unauthenticated` (401), or what `findKey` throws of problems. */
export function tokenReader(
  { issuer, audience }: Pick<TokenTrust, 'issuer' | 'audience'>,
  findKey: JWTVerifyGetKey,
): (token: string) => Promise<Access> {
  const options = {
    issuer,
    audience,
    algorithms: ALGORITHMS,
    requiredClaims: ['exp', 'sub'],
    clockTolerance: TOLERANCE,
  }
  return async (token) => {
    try {
      return access((await jwtVerify(token, findKey, options)).payload)
    } catch (error) {
      if (error instanceof Problem) throw error
      throw refused(reason(error))
    }
  }
}

/** A token's name has a colon, which no key's name has: the two never count as one. */
function access({ sub, scope, scp }: JWTPayload): Access {
  // A subject that is no text would share its count with others.
  if (typeof sub !== 'string' || sub === '') throw refused('The claim sub of the token is not a text')
  const granted = [scope, scp].flatMap((claim) =>
    typeof claim === 'string' ? claim.split(' ') : Array.isArray(claim) ? (claim as unknown[]) : [],
  )
  return { name: `token:${sub}`, scopes: new Set(granted.filter(isScope)) }
}

function reason(error: unknown): string {
  if (error instanceof errors.JWTExpired) return 'The token has expired'
  if (error instanceof errors.JWTClaimValidationFailed)
    return `The claim ${error.claim} of the token is missing, or not what this service asks for`
  if (error instanceof errors.JOSEAlgNotAllowed) return `The token is not signed with one of ${ALGORITHMS.join(' ')}`
  if (error instanceof errors.JWKSNoMatchingKey) return 'The token is signed with a key that its issuer does not list'
  return 'The token is not one that this service takes'
}
