import { makeApiKey, type ApiKeyEntry } from '../access/api-key.ts'
import { instantOf, isBefore, parseInstant } from '../domain/instant.ts'
import { parseScopes, scopes as known, type Scope } from '../access/scopes.ts'
import { options, UsageError } from './usage.ts'

/** `key …` → a new key and its entry. Throws UsageError, which repeats what was given: no option of this command is a secret. */
export function newKey(argv: string[]): { key: string; entry: ApiKeyEntry } {
  const {
    values: { name, scopes, expires },
  } = options({
    args: argv,
    options: { name: { type: 'string' }, scopes: { type: 'string', default: 'read' }, expires: { type: 'string' } },
  })
  if (name === undefined) throw new UsageError(`--name is missing; ${NAMES}`)
  const given = {
    name,
    scopes: scopesOf(scopes),
    ...(expires === undefined ? {} : { expires: instantToCome(expires) }),
  }
  try {
    return makeApiKey(given)
  } catch {
    // Scopes and expiry were looked at, so that it is the name.
    throw new UsageError(`--name is ${name}; ${NAMES}`)
  }
}

const NAMES = 'allowed are 1 to 64 letters, digits, . _ or -'

function scopesOf(text: string): Scope[] {
  const found = parseScopes(text)
  if (found === undefined)
    throw new UsageError(`--scopes is ${text}; allowed are ${known.join(', ')}, with commas between`)
  return found
}

function instantToCome(text: string): string {
  const now = new Date()
  const allowed = `allowed is an RFC 3339 instant to come, such as ${now.getUTCFullYear() + 1}-01-31T00:00:00Z`
  const end = parseInstant(text)
  if (end === undefined) throw new UsageError(`--expires is ${text}; ${allowed}`)
  // Both ISO in UTC; the shorter one, in milliseconds, sorts alike but for its Z.
  if (!isBefore(instantOf(now.getTime()), end)) throw new UsageError(`--expires is ${text}, which is past; ${allowed}`)
  return text
}
