import type pg from 'pg'
import { apply } from './apply.ts'
import { explained, MigrationError } from './error.ts'
import type { Migration } from './files.ts'
import { missingOf, present } from './probe.ts'
import { forget, record } from './record.ts'
import { resetSession, type MigrateOptions } from './session.ts'

/** Runs one migration, or only records it where its whole effect is there. true: it ran. Throws MigrationError. */
export async function runUp(client: pg.Client, migration: Migration, options: MigrateOptions): Promise<boolean> {
  const { name, up } = migration
  if (present(await missingOf(client, migration))) {
    await explained(`${name} is in place but could not be recorded`, () => record(client, migration, true))
    options.log.info({ migration: name }, `${name} was in place already, recorded it`)
    return false
  }
  const since = performance.now()
  await explained(`${up.file} failed`, () => apply(client, up, options, () => record(client, migration, false)))
  await resetSession(client, options)
  const missing = await missingOf(client, migration)
  if (!present(missing))
    throw new MigrationError(
      `${up.file} ran, but these are missing: ${[...missing.needed, ...missing.wanted].join(', ')}`,
    )
  options.log.info({ migration: name, durationMs: Math.round(performance.now() - since) }, `${name} applied`)
  return true
}

/** Reverts one migration and takes its row away. With `destroy` also where rows or links are lost. Throws MigrationError. */
export async function runDown(
  client: pg.Client,
  migration: Migration,
  options: MigrateOptions,
  destroy: boolean,
): Promise<void> {
  const { name, down } = migration
  if (down === undefined)
    throw new MigrationError(`${name} cannot be reverted: ${name}_down.sql is missing; write or restore it`)
  const since = performance.now()
  await allowToDestroy(client, destroy)
  await explained(`${down.file} failed`, () => apply(client, down, options, () => forget(client, migration)))
  await resetSession(client, options)
  options.log.info({ migration: name, durationMs: Math.round(performance.now() - since) }, `${name} reverted`)
}

/** The setting that the guards of the _down files ask for; a person with psql sets it by hand. */
export async function allowToDestroy(client: pg.Client, destroy: boolean): Promise<void> {
  await client.query(`select set_config('observability.destroy', $1, false)`, [destroy ? 'on' : 'off'])
}
