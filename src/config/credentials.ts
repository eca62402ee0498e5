import { createPublicKey, type KeyObject } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { readApiKeys, type ApiKey } from '../access/api-key.ts'
import type { Credentials, TokenTrust } from '../access/credentials.ts'
import { isLoopback } from '../access/loopback.ts'
import type { Mistake } from '../domain/mistake.ts'

const CURVES = new Set(['prime256v1', 'secp384r1', 'secp521r1'])

type Given = Readonly<Record<string, string | undefined>>

/** The credentials of the environment, with the files it names; undefined where it has none. Adds what is wrong to `found`. */
export function credentialsOf(given: Given, found: Mistake[]): Credentials | undefined {
  const { API_KEYS: inline, API_KEYS_FILE: keysFile, AUTH, ANONYMOUS_SCOPES: anonymous } = given
  const tokens = tokenTrust(given, found)
  if (inline !== undefined && keysFile !== undefined)
    found.push({ parameter: 'API_KEYS', given: inline, allowed: 'nothing, where API_KEYS_FILE is given' })
  let keys: readonly ApiKey[] = []
  try {
    if (keysFile !== undefined) keys = readKeysFile(keysFile)
    else if (inline !== undefined) keys = readApiKeys(inline)
  } catch (error) {
    const what = keysFile === undefined ? 'a JSON array of keys' : 'the path of a JSON array of keys'
    found.push({
      parameter: keysFile === undefined ? 'API_KEYS' : 'API_KEYS_FILE',
      given: keysFile ?? inline,
      allowed: `${what}; ${(error as Error).message}`,
    })
  }
  if (inline === undefined && keysFile === undefined && !asksForTokens(given)) return undefined
  // Either would look as if it opened the service to those without a key.
  if (AUTH !== undefined)
    found.push({ parameter: 'AUTH', given: AUTH, allowed: 'nothing, where keys or tokens are configured' })
  if (anonymous !== undefined)
    found.push({
      parameter: 'ANONYMOUS_SCOPES',
      given: anonymous,
      allowed: 'nothing, where keys or tokens are configured',
    })
  return { keys, keysFile, tokens }
}

/** The keys of a file. Throws a sentence. */
export function readKeysFile(path: string): ApiKey[] {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch {
    throw new Error('it cannot be read')
  }
  return readApiKeys(text)
}

function asksForTokens({
  JWT_JWKS_URL: url,
  JWT_PUBLIC_KEY_FILE: file,
  JWT_ISSUER: issuer,
  JWT_AUDIENCE: audience,
}: Given): boolean {
  return [url, file, issuer, audience].some((value) => value !== undefined)
}

function tokenTrust(given: Given, found: Mistake[]): TokenTrust | undefined {
  const { JWT_JWKS_URL: url, JWT_PUBLIC_KEY_FILE: file, JWT_ISSUER: issuer, JWT_AUDIENCE: audience } = given
  if (!asksForTokens(given)) return undefined
  if ((url === undefined) === (file === undefined))
    found.push({
      parameter: 'JWT_JWKS_URL',
      given: '',
      allowed: 'a URL, or JWT_PUBLIC_KEY_FILE a file: exactly one of them, for tokens',
    })
  // A key without these takes tokens that were made for somebody else's service.
  for (const [parameter, value] of [
    ['JWT_ISSUER', issuer],
    ['JWT_AUDIENCE', audience],
  ] as const) {
    if (value === undefined) found.push({ parameter, given: '', allowed: 'a text, where tokens are configured' })
  }
  const pem = file === undefined ? undefined : publicKey(file, found)
  const keys = url === undefined ? { pem: pem ?? '' } : { url }
  return { keys, issuer: issuer ?? '', audience: audience ?? '' }
}

function publicKey(path: string, found: Mistake[]): string | undefined {
  try {
    const text = readFileSync(path, 'utf8')
    // Node would make a public key of a private one, which has no place here.
    if (!text.includes('PRIVATE KEY') && canVerify(createPublicKey(text))) return text
  } catch {
    // Said below.
  }
  found.push({
    parameter: 'JWT_PUBLIC_KEY_FILE',
    given: path,
    allowed:
      'the path of a public key or certificate (PEM): RSA of 2048 bits or more, EC of P-256, P-384 or P-521, or Ed25519',
  })
  return undefined
}

/** Whether tokens may be signed with it: with any other key each would be refused, and nobody would know why. */
function canVerify({ type, asymmetricKeyType: kind, asymmetricKeyDetails: details = {} }: KeyObject): boolean {
  if (type !== 'public') return false
  if (kind === 'rsa') return (details.modulusLength ?? 0) >= 2048
  return kind === 'ed25519' || (kind === 'ec' && CURVES.has(details.namedCurve ?? ''))
}

/** Whether keys may come from there: encrypted, or from this machine, and without a password in it. */
export function isJwksUrl(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, hostname, username, password } = new URL(text)
  return username === '' && password === '' && (protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname)))
}
