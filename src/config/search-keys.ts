import { readFileSync } from 'node:fs'
import type { Mistake } from '../domain/mistake.ts'
import type { PersonalKeys } from '../domain/search/personal-keys.ts'
import { recordPathsOf } from '../domain/search/record-path.ts'

/** As long as what HMAC-SHA-256 gives (RFC 2104, 3); bytes. */
const LEAST = 32

/** Where personal keys stand and the key of their hashes, with its file; undefined: SEARCH_KEYS is unset. Adds what is wrong to `found`. */
export function personalKeysOf(
  given: Readonly<Record<string, string | undefined>>,
  found: Mistake[],
): PersonalKeys | undefined {
  const { SEARCH_KEYS: keys, SEARCH_HASH_KEY_FILE: file } = given
  if (keys === undefined) return undefined
  const paths = recordPathsOf(keys)
  const hashKey = file === undefined ? undefined : keyIn(file)
  if (hashKey === undefined)
    found.push({
      parameter: 'SEARCH_HASH_KEY_FILE',
      given: file ?? '',
      allowed: `the path of a file with a secret of ${LEAST} bytes or more, because SEARCH_KEYS is given`,
    })
  return paths && hashKey && { paths, hashKey }
}

function keyIn(file: string): Buffer | undefined {
  try {
    const key = Buffer.from(readFileSync(file, 'utf8').trim())
    return key.length >= LEAST ? key : undefined
  } catch {
    return undefined
  }
}
