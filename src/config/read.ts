import { Ajv } from 'ajv'
import { credentialsOf, isJwksUrl } from './credentials.ts'
import { exposureMistakes, isHost } from './exposure.ts'
import { databaseUrlMistakes } from './database-url.ts'
import { groupsOf, type Config } from './groups.ts'
import { addressesOf, originsOf } from './limits.ts'
import { personalKeysOf } from './search-keys.ts'
import { tlsOf } from './tls.ts'
import { schema, variables, type Variables } from './variables.ts'
import { linkPathsOf } from '../domain/link/paths.ts'
import { mistakes, type Mistake } from '../domain/mistake.ts'
import { redactionMistakes } from '../domain/privacy/redaction.ts'
import { recordPathsOf } from '../domain/search/record-path.ts'
import { parseScopes } from '../access/scopes.ts'

/** All that is wrong with the environment, in one message of a line each. */
export class ConfigError extends Error {
  constructor(found: Mistake[]) {
    const lines = found.map(
      ({ parameter, given, allowed }) => `  ${parameter}=${shown(parameter, given)}: allowed is ${allowed}`,
    )
    super(`the configuration is wrong:\n${lines.join('\n')}`)
    this.name = 'ConfigError'
  }
}

// Without strictNumbers: false, `maximum` does not look at Infinity, which is what Ajv makes of 1e999.
const validate = new Ajv({
  strictNumbers: false,
  allErrors: true,
  verbose: true,
  coerceTypes: true,
  useDefaults: true,
  keywords: ['x-allowed'],
})
  .addFormat('database-url', (text) => /^postgres(ql)?:\/\//.test(text) && URL.canParse(text))
  .addFormat('jwks-url', isJwksUrl)
  .addFormat('host', isHost)
  .addFormat('addresses', (text) => addressesOf(text) !== undefined)
  .addFormat('origins', (text) => originsOf(text) !== undefined)
  .addFormat('link-paths', (text) => linkPathsOf(text) !== undefined)
  .addFormat('record-paths', (text) => recordPathsOf(text) !== undefined)
  .addFormat('scopes', (text) => parseScopes(text) !== undefined)
  .compile(schema)

/**
 * Reads the environment, a pure function of it but for the files it names. An empty variable counts as unset. Throws ConfigError.
 * `listening`: for a process that listens, so who may ask must be clear; a migration of the same environment opens nothing.
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>, { listening = false } = {}): Config {
  const given = Object.fromEntries(Object.keys(variables).flatMap((name) => (env[name] ? [[name, env[name]]] : [])))
  const values: unknown = { ...given }
  const valid = validate(values)
  const found = [
    ...databaseUrlMistakes(given['DATABASE_URL']),
    ...(valid ? [] : mistakes(validate.errors ?? [], schema)),
  ]
  const ssl = tlsOf(given, found)
  found.push(...redactionMistakes(given['REDACT']))
  const credentials = credentialsOf(given, found)
  const personal = personalKeysOf(given, found)
  if (listening) found.push(...exposureMistakes(values as Variables, credentials))
  if (found.length > 0)
    throw new ConfigError(
      found.filter(({ parameter }, at) => found.findIndex((each) => each.parameter === parameter) === at),
    )
  return groupsOf(values as Variables, ssl, credentials, personal)
}

/** What was given. Of a URL only the scheme, for a password may stand anywhere in a wrong one; and no key that stands where its path should. */
function shown(parameter: string, given: unknown): string {
  const text = typeof given === 'string' || typeof given === 'number' ? String(given).slice(0, 200) : ''
  if (text === '') return ''
  if (parameter === 'DATABASE_URL' || parameter === 'JWT_JWKS_URL') return text.replace(/^(\w*:\/\/)?.*$/s, '$1…')
  const secret = parameter === 'API_KEYS' || parameter === 'SEARCH_HASH_KEY_FILE'
  return secret || /-----|^\s*[[{]|edo_/.test(text) ? '…' : text
}
