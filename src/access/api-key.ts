import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { parseInstant } from '../domain/instant.ts'
import { isScope, scopes, type Scope } from './scopes.ts'

/** A key that the service takes. It holds the key's hash alone: who reads the file cannot ask with it. */
export interface ApiKey {
  name: string
  /** SHA-256 of the key, 32 bytes. */
  hash: Buffer
  scopes: ReadonlySet<Scope>
  /** ISO 8601 in UTC; undefined: never. */
  expires: string | undefined
}

/** A key as it stands in API_KEYS_FILE and API_KEYS. */
export interface ApiKeyEntry {
  name: string
  /** `sha256:` and 64 hexadecimal digits. */
  hash: string
  scopes: Scope[]
  /** RFC 3339. */
  expires?: string
}

const MOST = 1000
const NAME = /^[\w.-]{1,64}$/
const HASH = /^sha256:([0-9a-f]{64})$/
const FIELDS = ['name', 'hash', 'scopes', 'expires']

/** A JSON array of entries → keys. Throws a sentence that repeats nothing but names: a key may stand where its hash should. */
export function readApiKeys(text: string): ApiKey[] {
  const entries = jsonArray(text)
  const keys = entries.map(readEntry)
  const names = keys.map(({ name }) => name)
  const twice = names.find((name, at) => names.indexOf(name) !== at)
  if (twice !== undefined) throw new Error(`two keys are named ${twice}`)
  // Taking one of them out would not withdraw the key.
  const same = keys.find(({ hash }, at) => keys.findIndex((other) => other.hash.equals(hash)) !== at)
  if (same !== undefined) throw new Error(`${same.name} has the hash of another key`)
  return keys
}

function jsonArray(text: string): unknown[] {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    // JSON.parse would quote the text.
  }
  if (!Array.isArray(value) || value.length > MOST) throw new Error(`it is not a JSON array of up to ${MOST} keys`)
  return value
}

function readEntry(value: unknown, at: number): ApiKey {
  const entry = typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  const { name, hash, scopes: granted, expires } = entry
  const where = `key ${at + 1}`
  if (typeof name !== 'string' || !NAME.test(name))
    throw new Error(`${where} needs a name of 1 to 64 letters, digits, . _ or -`)
  const digits = typeof hash === 'string' ? HASH.exec(hash)?.[1] : undefined
  if (digits === undefined)
    throw new Error(`${where} (${name}) needs a hash: "sha256:" and 64 digits in lower-case hexadecimal`)
  if (!Array.isArray(granted) || granted.length === 0 || !granted.every(isScope))
    throw new Error(`${where} (${name}) needs scopes: some of ${scopes.join(', ')}`)
  const end = typeof expires === 'string' ? parseInstant(expires) : undefined
  if (expires !== undefined && end === undefined)
    throw new Error(`${where} (${name}) expires at what is no RFC 3339 instant such as 2027-01-31T00:00:00Z`)
  if (Object.keys(entry).some((field) => !FIELDS.includes(field)))
    throw new Error(`${where} (${name}) has a field besides ${FIELDS.join(', ')}`)
  return { name, hash: Buffer.from(digits, 'hex'), scopes: new Set(granted), expires: end }
}

/** The key that was shown, expired or not. It looks at all of them, each in constant time, so that time tells nothing about any. */
export function findApiKey(keys: readonly ApiKey[], shown: string): ApiKey | undefined {
  const hash = sha256(shown)
  let found: ApiKey | undefined
  for (const key of keys) if (timingSafeEqual(key.hash, hash)) found = key
  return found
}

/** A new key of 256 random bits, which makes a plain hash enough: there is nothing to guess. Throws a sentence where the entry is wrong. */
export function makeApiKey(given: Omit<ApiKeyEntry, 'hash'>): { key: string; entry: ApiKeyEntry } {
  const key = `edo_${randomBytes(32).toString('base64url')}`
  const { name, ...rest } = given
  const entry = { name, hash: `sha256:${sha256(key).toString('hex')}`, ...rest }
  readEntry(entry, 0)
  return { key, entry }
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
