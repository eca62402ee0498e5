import { findApiKey } from '../../access/api-key.ts'
import type { Credentials } from '../../access/credentials.ts'
import { instantOf, isBefore } from '../../domain/instant.ts'
import type { Access } from '../../access/scopes.ts'
import { Problem } from '../problems/problem.ts'
import type { IssuerKeys } from './issuer-keys.ts'
import { REALM, refused } from './unauthenticated.ts'
import { tokenReader } from './tokens.ts'

const BEARER = /^Bearer +([\w.~+/-]+=*) *$/i

/** Who shows this Authorization header. Throws `unauthenticated` (401), or `unavailable` (503) where the keys of tokens cannot be had. */
export function bearerReader(
  credentials: Credentials,
  issuer: IssuerKeys | undefined,
): (header: string | undefined) => Promise<Access> {
  const readToken = credentials.tokens && issuer && tokenReader(credentials.tokens, issuer.find)
  return async (header) => {
    if (header === undefined)
      throw new Problem('unauthenticated', 'A key or token is needed, as Authorization: Bearer …', {
        headers: { 'www-authenticate': REALM },
      })
    const shown = BEARER.exec(header)?.[1]
    if (shown === undefined) throw refused('The header is not of the form Authorization: Bearer KEY')
    const key = findApiKey(credentials.keys, shown)
    if (key?.expires !== undefined && !isBefore(instantOf(Date.now()), key.expires))
      throw refused(`The key ${key.name} expired at ${key.expires}`)
    if (key) return { name: key.name, scopes: key.scopes }
    if (readToken && shown.split('.').length === 3) return readToken(shown)
    throw refused('The key is not one that this service takes')
  }
}
