import type { ApiKey } from './api-key.ts'

/** What a request may show to be let in. */
export interface Credentials {
  /** Replaced as a whole when their file is read again. */
  keys: readonly ApiKey[]
  /** Where the keys came from; undefined where the environment holds them. */
  keysFile: string | undefined
  tokens: TokenTrust | undefined
}

/** Whose JWTs are taken. Either a URL that gives the keys, or one public key (PEM). */
export interface TokenTrust {
  keys: { url: string } | { pem: string }
  /** `iss` and `aud` that a token must carry. */
  issuer: string
  audience: string
}
