import type { Logger } from 'pino'
import type { Config } from '../config/groups.ts'
import { readConfig } from '../config/read.ts'
import { codeOf } from '../db/pool/statement.ts'
import { createLog } from '../log.ts'
import { joinSource, type Source } from './open-database.ts'

/** Works on the database of the environment, which is closed again at the end; SIGINT and SIGTERM abort the signal. */
export async function onDatabase(
  env: NodeJS.ProcessEnv,
  work: (source: Source, log: Logger, signal: AbortSignal, config: Config) => Promise<void>,
): Promise<void> {
  const config = readConfig(env)
  const log = createLog(config.logLevel === 'info' ? 'warn' : config.logLevel, process.stdout.isTTY)
  const stopping = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => stopping.abort(new Error(`stopped by ${signal}`)))
  const source = await joinSource(config.database, (message) => log.info(message))
  try {
    await work(source, log, stopping.signal, config)
  } catch (cause) {
    // A refusal has no code, and says enough; what the database or the way to it fails with has one.
    throw codeOf(cause) === undefined ? cause : new Error(await source.explain((cause as Error).message), { cause })
  } finally {
    await source.stop()
  }
}
