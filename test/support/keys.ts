import { generateKeyPairSync } from 'node:crypto'
import { exportJWK, SignJWT, type JWK, type JWTPayload } from 'jose'
import { makeApiKey, readApiKeys, type ApiKey, type ApiKeyEntry } from '../../src/access/api-key.ts'

/** Keys as the service holds them, and as their owners show them. */
export function apiKeys(...given: Array<Omit<ApiKeyEntry, 'hash'>>): { keys: ApiKey[]; text: string; shown: string[] } {
  const made = given.map(makeApiKey)
  const text = JSON.stringify(made.map(({ entry }) => entry))
  return { keys: readApiKeys(text), text, shown: made.map(({ key }) => key) }
}

export const bearer = (shown: string): { authorization: string } => ({ authorization: `Bearer ${shown}` })

export const ISSUER = 'https://issuer.example/'
export const AUDIENCE = 'observability'

/** Claims that are in order; undefined takes one away. */
export const claims = (changed: Record<string, unknown> = {}): JWTPayload => ({
  iss: ISSUER,
  aud: AUDIENCE,
  sub: 'ada',
  exp: now() + 600,
  scope: 'openid read',
  ...changed,
})

export const now = (): number => Math.floor(Date.now() / 1000)

export interface Signer {
  pem: string
  privatePem: string
  jwk: (kid: string) => Promise<JWK>
  sign: (payload: JWTPayload, kid?: string) => Promise<string>
}

/** Whoever makes tokens, with a key of P-256. */
export function signer(): Signer {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return {
    pem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    privatePem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    jwk: async (kid) => ({ ...(await exportJWK(publicKey)), kid, alg: 'ES256', use: 'sig' }),
    sign: (payload, kid) =>
      new SignJWT(payload).setProtectedHeader({ alg: 'ES256', ...(kid === undefined ? {} : { kid }) }).sign(privateKey),
  }
}
