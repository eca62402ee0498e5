import { createPublicKey } from 'node:crypto'
import { createRemoteJWKSet, errors, type JWTVerifyGetKey } from 'jose'
import type { TokenTrust } from '../../access/credentials.ts'
import { Problem, RETRY_SECONDS } from '../problems/problem.ts'

/** What readiness says of the keys; `ok` null: nobody has asked for them yet. */
export interface KeysCheck {
  ok: boolean | null
  detail: string
}

/** The public keys of whoever makes the tokens. */
export interface IssuerKeys {
  /** Throws `unavailable` (503) if it cannot be known whether the issuer lists the key. */
  find: JWTVerifyGetKey
  /** Never waits; fetches in the background if it is time to. undefined: they are not fetched. */
  look: (() => KeysCheck) | undefined
}

interface Log {
  info(details: object, message: string): void
  warn(details: object, message: string): void
}

/** How long fetched keys are taken without a look, and how long no unknown name of a key makes the service look again, ms. */
const FRESH = 600_000
const COOLDOWN = 30_000
/** Pauses between fetches that fail: each is twice the one before, ms. */
const FIRST_PAUSE = 1000
const LONGEST_PAUSE = 30_000
/** Longest wait for an answer, ms. */
const FETCH_TIMEOUT = 3000
/** Requests that wait for one fetch at once. They hold no place of the service while they do, but memory, and anybody can write a token. */
const MOST_WAITING = 1000

/** The one key of a file, or those of an address, which serve for `staleFor` ms more if they cannot be fetched again. */
export function issuerKeys({ keys }: Pick<TokenTrust, 'keys'>, staleFor: number, log: Log): IssuerKeys {
  if ('url' in keys) return fetchedKeys(keys.url, staleFor, log)
  const key = createPublicKey(keys.pem)
  return { find: async () => key, look: undefined }
}

/**
 * Keys by their address (JWKS). jose fetches and chooses; when is decided here, by a clock that never jumps. If a fetch fails the keys fetched last serve for
 * `staleFor` ms beyond their 10 minutes, but a key that is not among them is never taken, for the issuer may have withdrawn it or never listed it.
 */
function fetchedKeys(url: string, staleFor: number, log: Log): IssuerKeys {
  const keys = createRemoteJWKSet(new URL(url), {
    timeoutDuration: FETCH_TIMEOUT,
    cacheMaxAge: Infinity,
    cooldownDuration: Infinity,
  })
  let fetchedAt = -Infinity
  let nextTry = -Infinity
  let failures = 0
  let waiting = 0
  let fetching: Promise<void> | undefined

  const age = (): number => performance.now() - fetchedAt
  const left = (): number => FRESH + staleFor - age()
  const fetchKeys = async (): Promise<void> => {
    try {
      await keys.reload()
      if (failures > 0) log.info({ failures }, 'the keys of tokens can be fetched again')
      failures = 0
      fetchedAt = performance.now()
      nextTry = fetchedAt + COOLDOWN
    } catch (err) {
      const pause = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** failures)
      failures += 1
      nextTry = performance.now() + pause
      log.warn(
        { err, failures, retryInMs: pause },
        `the keys of tokens cannot be fetched; ${left() > 0 ? `those of ${seconds(age())} ago are taken for ${seconds(left())} more` : 'tokens are refused with 503'}`,
      )
    } finally {
      fetching = undefined
    }
  }
  const refresh = async (wait: boolean): Promise<void> => {
    if (fetching === undefined && performance.now() < nextTry) return
    fetching ??= fetchKeys()
    if (!wait) return
    if (waiting >= MOST_WAITING)
      throw new Problem(
        'unavailable',
        `${waiting} requests wait for the keys that tokens are checked against, which are being fetched, and no more may`,
      )
    waiting += 1
    await fetching.finally(() => (waiting -= 1))
  }
  const away = (): Problem =>
    new Problem('unavailable', 'The keys that tokens are checked against cannot be fetched', {
      retryAfter: Math.max(RETRY_SECONDS, Math.ceil((nextTry - performance.now()) / 1000)),
    })
  return {
    async find(header, token) {
      // Once the issuer is known to be away nobody waits for it, as long as the last keys serve.
      if (age() >= FRESH) await refresh(failures === 0 || left() <= 0)
      if (left() <= 0) throw away()
      try {
        return await keys(header, token)
      } catch (error) {
        if (!(error instanceof errors.JWKSNoMatchingKey)) throw unusable(error)
      }
      await refresh(true)
      if (failures > 0 || fetching) throw away()
      return await keys(header, token)
    },
    look() {
      if (failures > 0 || age() >= FRESH) void refresh(false)
      if (left() <= 0 && failures === 0) return { ok: null, detail: 'The keys of tokens are being fetched' }
      if (left() <= 0) return { ok: false, detail: 'The keys of tokens cannot be fetched' }
      if (failures > 0)
        return {
          ok: true,
          detail: `The keys of tokens cannot be fetched; those of ${seconds(age())} ago are taken for ${seconds(left())} more`,
        }
      return { ok: true, detail: 'The keys of tokens are there' }
    },
  }
}

/** A set that lists several keys for the token is a matter of the token; a key of the set that is malformed is not. */
function unusable(error: unknown): unknown {
  return error instanceof errors.JWKSMultipleMatchingKeys
    ? error
    : new Problem('unavailable', 'The key that the token names cannot be used', { cause: error })
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1000)} s`
}
