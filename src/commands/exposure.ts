import type { Logger } from 'pino'
import type { AccessConfig } from '../config/groups.ts'
import { readKeysFile } from '../config/credentials.ts'
import type { Credentials } from '../access/credentials.ts'
import { instantOf, isBefore } from '../domain/instant.ts'

/** Says at the start who may ask. */
export function logExposure({ loopbackNamesOnly, anonymousScopes, credentials }: AccessConfig, log: Logger): void {
  if (!credentials) {
    if (!loopbackNamesOnly)
      log.warn(`AUTH=none: whoever reaches this service may ask without a key, and gets ${anonymousScopes.join(', ')}`)
    return
  }
  const { keys, tokens } = credentials
  log.info(`keys: ${keys.length}${tokens ? `, and tokens of ${tokens.issuer}` : ''}`)
  warnOfKeys(credentials, log)
}

/** Reads the keys again on SIGHUP; where their file is wrong, those from before stay. Without a file the signal changes nothing, and ends nothing. */
export function readKeysOnHangup({ credentials }: AccessConfig, log: Logger): void {
  const { keysFile } = credentials ?? {}
  process.on('SIGHUP', () => {
    if (!credentials || keysFile === undefined) return log.info('SIGHUP: there is no API_KEYS_FILE to read again')
    try {
      credentials.keys = readKeysFile(keysFile)
      log.info(`keys: ${credentials.keys.length} read again from ${keysFile}`)
      warnOfKeys(credentials, log)
    } catch (error) {
      log.error(
        `keys: ${keysFile} was not taken: ${(error as Error).message}; the ${credentials.keys.length} from before stay`,
      )
    }
  })
}

function warnOfKeys({ keys, tokens }: Credentials, log: Logger): void {
  const expired = keys
    .filter(({ expires }) => expires !== undefined && !isBefore(instantOf(Date.now()), expires))
    .map(({ name }) => name)
  if (expired.length > 0) log.warn(`keys: expired are ${expired.join(', ')}`)
  if (keys.length === 0 && !tokens) log.warn('keys: there are none, so nobody gets in')
}
