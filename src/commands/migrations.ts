import { fileURLToPath } from 'node:url'
import type { Logger } from 'pino'
import type { Config } from '../config/groups.ts'
import { checkMigrations } from '../db/migrate/check.ts'
import { isForbidden } from '../db/migrate/error.ts'
import { migrateUp } from '../db/migrate/migrate.ts'
import type { MigrateOptions } from '../db/migrate/session.ts'
import type { Source } from './open-database.ts'

export const migrationsFolder = fileURLToPath(new URL('../../migrations', import.meta.url))

/** What a run of the migrations needs, whichever way it goes. */
export function migrateOptions(
  { createTables, trustedOwners }: Config['migrations'],
  { connection }: Source,
  log: Logger,
  signal: AbortSignal,
): MigrateOptions {
  const settings = { create_tables: createTables ? 'on' : 'off', trusted_owners: trustedOwners }
  return { connection, folder: migrationsFolder, log, signal, settings }
}

/** Runs the migrations and logs what came of it. Only checks them if MIGRATE_ON_START is off, or if the role or the server forbids to run them. */
export async function migrateOrCheck(
  config: Config['migrations'],
  source: Source,
  log: Logger,
  signal: AbortSignal,
): Promise<void> {
  const options = migrateOptions(config, source, log, signal)
  if (!config.runAtStart) {
    await checkMigrations(options)
    log.info('migrations: checked only (MIGRATE_ON_START=off)')
    return
  }
  try {
    const { applied, adopted, already } = await migrateUp(options)
    const parts = [
      applied.length > 0 ? `ran ${applied.join(', ')}` : 'nothing to run',
      adopted.length > 0 ? `found in place ${adopted.join(', ')}` : '',
      `${already} recorded before`,
    ]
    log.info(`migrations: ${parts.filter((part) => part !== '').join('; ')}`)
  } catch (error) {
    if (!isForbidden(error)) throw error
    log.warn(`migrations: checked only, because they may not be run here: ${(error as Error).message}`)
    await checkMigrations(options)
  }
}
