import type { Logger } from 'pino'
import type { Config } from './config.ts'
import { readKeysFile } from './config/credentials.ts'
import { isLoopback } from './domain/loopback.ts'

/** Throws a sentence where strangers could come in without that anybody wanted it. */
export function checkDoor({ HOST: host, AUTH, credentials }: Config): void {
  if (credentials || AUTH === 'none' || isLoopback(host)) return
  throw new Error(`HOST=${host} is not of this machine alone, and no keys are configured: set API_KEYS_FILE (npm run key -- --name NAME makes one), or AUTH=none to let everybody in`)
}

/** Says how the door stands, and reads the keys again on SIGHUP; where their file is wrong, those from before stay. */
export function keepDoor({ AUTH, credentials, anonymousScopes }: Config, log: Logger): void {
  if (AUTH === 'none') log.warn(`AUTH=none: whoever reaches this service may ask without a key, and gets ${anonymousScopes.join(', ')}`)
  const { keysFile } = credentials ?? {}
  if (!credentials || keysFile === undefined) return
  process.on('SIGHUP', () => {
    try {
      credentials.keys = readKeysFile(keysFile)
      log.info(`keys: ${credentials.keys.length} read again from ${keysFile}`)
    } catch (error) {
      log.error(`keys: ${keysFile} was not taken: ${(error as Error).message}; the ${credentials.keys.length} from before stay`)
    }
  })
}
