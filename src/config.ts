import { readFileSync } from 'node:fs'
import type { ConnectionOptions } from 'node:tls'
import { Ajv } from 'ajv'
import { Type, type Static, type TProperties } from 'typebox'
import { credentialsOf, isJwksUrl } from './config/credentials.ts'
import { addressesOf, originsOf } from './config/limits.ts'
import type { Credentials } from './domain/credentials.ts'
import { mistakes, type Mistake } from './domain/mistake.ts'
import { redactionMistakes, redactionsOf, type Redaction } from './domain/redaction.ts'
import { parseScopes, scopes, type Scope } from './domain/scope.ts'

const seconds = (fallback: number, what: string, maximum = 3600) => Type.Integer({ default: fallback, minimum: 1, maximum, description: `${what} (seconds)` })
const choice = <T extends string>(fallback: T, values: readonly T[], description: string) => Type.Unsafe<T>({ type: 'string', enum: values, default: fallback, description })
const file = (description: string) => Type.Optional(Type.String({ minLength: 1, maxLength: 4096, description }))

/** Every variable that the service reads. The README's table and .env.example are checked against this list by a test. */
export const variables = {
  DATABASE_URL: Type.Optional(Type.String({
    format: 'database-url', 'x-allowed': 'a URL such as postgres://user:password@host:5432/event_detector_observability, without options, timeouts or ssl… (DATABASE_SSL says that)',
    description: 'The Postgres (13 to 18) to show; unset: an embedded one in DATA_DIR',
  })),
  DATABASE_SSL: choice('disable', ['disable', 'require', 'verify-ca', 'verify-full'], 'TLS to the database, in the words of libpq'),
  DATABASE_SSL_CA: file('File with the certificate authority of the database (PEM)'),
  DATABASE_SSL_CERT: file('File with the client certificate (PEM)'),
  DATABASE_SSL_KEY: file('File with the key of the client certificate (PEM)'),
  DATA_DIR: Type.String({ default: '.data', minLength: 1, maxLength: 4096, description: 'Folder of the embedded Postgres' }),
  DEMO: choice('on', ['on', 'off'], 'Fill the embedded Postgres with demo data on its first start'),
  DEMO_INVOCATIONS: Type.Integer({ default: 20_000, minimum: 1, maximum: 10_000_000, description: 'How many invocations of demo data' }),
  MIGRATE_ON_START: choice('on', ['on', 'off'], 'Run the migrations at the start; off: only check them'),
  HOST: Type.String({ default: '127.0.0.1', minLength: 1, maxLength: 255, description: 'Address to listen on' }),
  PORT: Type.Integer({ default: 3000, minimum: 0, maximum: 65_535, description: 'Port to listen on; 0 takes a free one' }),
  API_KEYS_FILE: file('File with the keys that are taken (JSON); read again on SIGHUP'),
  API_KEYS: Type.Optional(Type.String({ minLength: 1, maxLength: 1_000_000, description: 'The same JSON itself, where there is no file' })),
  JWT_JWKS_URL: Type.Optional(Type.String({
    format: 'jwks-url', 'x-allowed': 'an https URL (or http on this machine) without user and password',
    description: 'Where the public keys of tokens (JWT) are',
  })),
  JWT_PUBLIC_KEY_FILE: file('File with the one public key of tokens (PEM), instead of a URL'),
  JWT_ISSUER: Type.Optional(Type.String({ minLength: 1, maxLength: 500, description: 'The iss that a token must have' })),
  JWT_AUDIENCE: Type.Optional(Type.String({ minLength: 1, maxLength: 500, description: 'The aud that a token must have' })),
  AUTH: Type.Optional(Type.Unsafe<'none'>({ type: 'string', enum: ['none'], description: 'none: nobody needs a key, on purpose, wherever HOST leads' })),
  ANONYMOUS_SCOPES: Type.String({ format: 'scopes', default: 'read', 'x-allowed': `some of ${scopes.join(', ')}, with commas between`, description: 'What is shown to those who need no key: read, read:payload, metrics' }),
  REDACT: Type.String({
    default: 'context.headers.authorization,context.headers.cookie,context.headers.x-api-key,context.headers.x-hasura-admin-secret,context.headers.x-webhook-secret', minLength: 1, maxLength: 10_000,
    description: 'What is masked in payloads and the like even for read:payload: paths, with commas between; none',
  }),
  LOG_LEVEL: choice('info', ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], 'The least level that is logged'),
  POOL_SIZE: Type.Integer({ default: 10, minimum: 1, maximum: 1000, description: 'Connections to the database at most' }),
  CONNECT_TIMEOUT: seconds(5, 'Longest wait for a free or new connection'),
  STATEMENT_TIMEOUT: seconds(15, 'Longest run of one SQL statement'),
  LOCK_TIMEOUT: seconds(2, 'Longest wait of a statement for a lock'),
  DATABASE_WAIT: seconds(60, 'How long the start waits for a database that is not reachable'),
  REQUEST_TIMEOUT: seconds(10, 'Longest time for a request to arrive'),
  ANSWER_TIMEOUT: seconds(30, 'Longest time from a request to the end of its answer'),
  STREAM_TIMEOUT: seconds(120, 'Longest time for a streamed tree to be read'),
  SHUTDOWN_TIMEOUT: seconds(10, 'Longest time for requests to finish after SIGTERM or SIGINT'),
  MAX_CONCURRENT: Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000, description: 'Requests being worked on at once; unset: 4 for each connection of POOL_SIZE' })),
  MAX_HEAVY: Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000, description: 'Trees and lists of trees being answered at once; unset: half of POOL_SIZE' })),
  MAX_DELAY: Type.Integer({ default: 250, minimum: 0, maximum: 60_000, description: 'Mean lateness of the event loop in a second beyond which requests are refused (ms); 0: never' }),
  MAX_MEMORY: Type.Optional(Type.Integer({ minimum: 64, maximum: 16_777_216, description: 'Resident memory beyond which requests are refused (MiB); unset: 0.9 of what the machine or container has' })),
  MAX_URL: Type.Integer({ default: 16_384, minimum: 1024, maximum: 65_536, description: 'Path and query of a request at most (characters)' }),
  MAX_BODY: Type.Integer({ default: 1024, minimum: 0, maximum: 1_048_576, description: 'Body of a request at most, which is ignored (bytes)' }),
  MAX_PAGE: Type.Integer({ default: 1000, minimum: 1, maximum: 10_000, description: 'Rows of a page at most' }),
  MAX_DEPTH: Type.Integer({ default: 100_000, minimum: 1, maximum: 100_000, description: 'Levels of a tree at most; nested never more than 1000' }),
  MAX_NODES: Type.Integer({ default: 1_000_000, minimum: 1, maximum: 10_000_000, description: 'Invocations of a streamed tree at most; nested and as text never more than 10000' }),
  RATE_LIMIT: Type.Integer({ default: 30_000, minimum: 0, maximum: 100_000_000, description: 'Requests in a minute of one key, or of one address without a key; 0: no limit' }),
  TRUSTED_PROXIES: Type.Optional(Type.String({
    format: 'addresses', maxLength: 10_000, 'x-allowed': 'addresses or networks such as 10.0.0.5,10.1.0.0/16, with commas between them',
    description: 'Proxies whose X-Forwarded-For says the address of a client, with commas between them',
  })),
  CORS_ORIGINS: Type.Optional(Type.String({
    format: 'origins', maxLength: 10_000, 'x-allowed': 'origins such as https://dashboards.example, with commas between them, or *',
    description: 'Origins of pages elsewhere that may read the answers, with commas between them',
  })),
} satisfies TProperties

const schema = Type.Object(variables)
export type Variables = Static<typeof schema>

/** What is not handed on as it was given. */
type Read = 'DATABASE_SSL' | 'DATABASE_SSL_CA' | 'DATABASE_SSL_CERT' | 'DATABASE_SSL_KEY' | 'API_KEYS' | 'API_KEYS_FILE' | 'JWT_JWKS_URL' | 'JWT_PUBLIC_KEY_FILE' | 'JWT_ISSUER' | 'JWT_AUDIENCE' | 'ANONYMOUS_SCOPES' | 'REDACT'

export interface Config extends Omit<Variables, Read> {
  /** undefined: neither keys nor tokens are configured. */
  credentials: Credentials | undefined
  anonymousScopes: readonly Scope[]
  redactions: readonly Redaction[]
  /** TLS options for the driver; undefined: no TLS. */
  ssl: ConnectionOptions | undefined
}

/** All that is wrong with the environment, in one message of a line each. */
export class ConfigError extends Error {
  constructor(found: Mistake[]) {
    const lines = found.map(({ parameter, given, allowed }) => `  ${parameter}=${shown(parameter, given)}: allowed is ${allowed}`)
    super(`the configuration is wrong:\n${lines.join('\n')}`)
    this.name = 'ConfigError'
  }
}

// The driver lets these win over what the service sets: instants would come in another zone, or TLS would be off without a word.
const OVERRIDES = ['options', 'ssl', 'sslmode', 'sslcert', 'sslkey', 'sslrootcert', 'statement_timeout', 'lock_timeout']

// Without strictNumbers: false, `maximum` does not look at Infinity, which is what Ajv makes of 1e999.
const validate = new Ajv({ strictNumbers: false, allErrors: true, verbose: true, coerceTypes: true, useDefaults: true, keywords: ['x-allowed'] })
  .addFormat('database-url', (text) => /^postgres(ql)?:\/\//.test(text) && URL.canParse(text) && !OVERRIDES.some((name) => new URL(text).searchParams.has(name)))
  .addFormat('jwks-url', isJwksUrl)
  .addFormat('addresses', (text) => addressesOf(text) !== undefined)
  .addFormat('origins', (text) => originsOf(text) !== undefined)
  .addFormat('scopes', (text) => parseScopes(text) !== undefined)
  .compile(schema)

/** Reads the environment, a pure function of it but for the TLS files it names. An empty variable counts as unset. Throws ConfigError. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const given = Object.fromEntries(Object.keys(variables).flatMap((name) => (env[name] ? [[name, env[name]]] : [])))
  const values: unknown = { ...given }
  const valid = validate(values)
  const found = valid ? [] : mistakes(validate.errors ?? [], schema)
  const files = { ca: pem('DATABASE_SSL_CA', given, found), cert: pem('DATABASE_SSL_CERT', given, found), key: pem('DATABASE_SSL_KEY', given, found) }
  found.push(...tlsMistakes(given), ...redactionMistakes(given['REDACT']))
  const credentials = credentialsOf(given, found)
  if (found.length > 0) throw new ConfigError(found.filter(({ parameter }, at) => found.findIndex((each) => each.parameter === parameter) === at))
  const { DATABASE_SSL: mode, DATABASE_SSL_CA: _ca, DATABASE_SSL_CERT: _cert, DATABASE_SSL_KEY: _key, ...others } = values as Variables
  const { API_KEYS: _keys, API_KEYS_FILE: _file, JWT_JWKS_URL: _url, JWT_PUBLIC_KEY_FILE: _pem, JWT_ISSUER: _iss, JWT_AUDIENCE: _aud, ANONYMOUS_SCOPES: anonymous, REDACT: redact, ...rest } = others
  return { ...rest, ssl: tls(mode, files), credentials, anonymousScopes: parseScopes(anonymous) ?? [], redactions: redactionsOf(redact).redactions }
}

function pem(name: string, given: Record<string, string | undefined>, found: Mistake[]): string | undefined {
  const path = given[name]
  if (path === undefined) return undefined
  try {
    return readFileSync(path, 'utf8')
  } catch {
    found.push({ parameter: name, given: path, allowed: 'the path of a file that can be read' })
    return undefined
  }
}

/** What is wrong between the variables of TLS: half a pair, or files that nobody would look at. */
function tlsMistakes(given: Record<string, string | undefined>): Mistake[] {
  const found: Mistake[] = []
  const { DATABASE_SSL: mode = 'disable', DATABASE_SSL_CERT: cert, DATABASE_SSL_KEY: key } = given
  if (cert !== undefined && key === undefined) found.push({ parameter: 'DATABASE_SSL_KEY', given: '', allowed: 'a file, where DATABASE_SSL_CERT is given' })
  if (key !== undefined && cert === undefined) found.push({ parameter: 'DATABASE_SSL_CERT', given: '', allowed: 'a file, where DATABASE_SSL_KEY is given' })
  const files = ['DATABASE_SSL_CA', 'DATABASE_SSL_CERT', 'DATABASE_SSL_KEY'].filter((name) => given[name] !== undefined)
  if (mode === 'disable' && files.length > 0) found.push({ parameter: 'DATABASE_SSL', given: mode, allowed: `one of require, verify-ca, verify-full, where ${files.join(' and ')} is given` })
  return found
}

function tls(mode: Variables['DATABASE_SSL'], files: Record<'ca' | 'cert' | 'key', string | undefined>): ConnectionOptions | undefined {
  if (mode === 'disable') return undefined
  const present = Object.fromEntries(Object.entries(files).filter(([, text]) => text !== undefined))
  if (mode === 'require') return { ...present, rejectUnauthorized: false }
  return { ...present, rejectUnauthorized: true, ...(mode === 'verify-ca' ? { checkServerIdentity: () => undefined } : {}) }
}

/** What was given. Of a URL only the scheme, for a password may stand anywhere in a wrong one; and no key that stands where its path should. */
function shown(parameter: string, given: unknown): string {
  const text = typeof given === 'string' || typeof given === 'number' ? String(given).slice(0, 200) : ''
  if (text === '') return ''
  if (parameter === 'DATABASE_URL' || parameter === 'JWT_JWKS_URL') return text.replace(/^(\w*:\/\/)?.*$/s, '$1…')
  return parameter === 'API_KEYS' || /-----|^\s*[[{]/.test(text) ? '…' : text
}
