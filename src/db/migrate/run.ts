import type { Writer } from '../db.ts'
import { sql } from '../sql.ts'
import { apply } from './apply.ts'
import { explained, MigrationError } from './error.ts'
import type { Migration } from './files.ts'
import { missingOf, present } from './probe.ts'
import { forget, record } from './record.ts'
import { resetSession, type MigrateOptions } from './session.ts'

/** Runs one migration, or only records it where its whole effect is there. true: it ran. Throws MigrationError. */
export async function runUp(writer: Writer, migration: Migration, options: MigrateOptions): Promise<boolean> {
  const { name, up } = migration
  if (present(await missingOf(writer, migration))) {
    await explained(`${name} is in place but could not be recorded`, () => record(writer, migration, true))
    options.log.info({ migration: name }, `${name} was in place already, recorded it`)
    return false
  }
  const since = performance.now()
  await explained(`${up.file} failed`, () => apply(writer, up, options, (session) => record(session, migration, false)))
  await resetSession(writer, options)
  const missing = await missingOf(writer, migration)
  if (!present(missing))
    throw new MigrationError(
      `${up.file} ran, but these are missing: ${[...missing.needed, ...missing.wanted].join(', ')}`,
    )
  options.log.info({ migration: name, durationMs: Math.round(performance.now() - since) }, `${name} applied`)
  return true
}

/** Reverts one migration and takes its row away. With `destroy` also where rows or links are lost. Throws MigrationError. */
export async function runDown(
  writer: Writer,
  migration: Migration,
  options: MigrateOptions,
  destroy: boolean,
): Promise<void> {
  const { name, down } = migration
  if (down === undefined)
    throw new MigrationError(`${name} cannot be reverted: ${name}_down.sql is missing; write or restore it`)
  const since = performance.now()
  await allowToDestroy(writer, destroy)
  await explained(`${down.file} failed`, () => apply(writer, down, options, (session) => forget(session, migration)))
  await resetSession(writer, options)
  options.log.info({ migration: name, durationMs: Math.round(performance.now() - since) }, `${name} reverted`)
}

/** The setting that the guards of the _down files ask for; a person with psql sets it by hand. */
export async function allowToDestroy(writer: Writer, destroy: boolean): Promise<void> {
  await writer.query(sql`select set_config('observability.destroy', ${destroy ? 'on' : 'off'}, false)`)
}
