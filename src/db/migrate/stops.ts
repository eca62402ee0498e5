import { readMigrations } from './files.ts'
import { obstaclesOf, refuseUnserved, refuseUntrustedWrite, untrustedOf } from './obstacles.ts'
import { partitionedIndexes } from './partitioned.ts'
import { withSession, type MigrateOptions } from './session.ts'

/** Throws a MigrationError where this is not the service's database, or one that it cannot answer from: to be asked before anything else is. Reads only. */
export async function refuseOthers(options: MigrateOptions): Promise<void> {
  const migrations = await readMigrations(options.folder)
  await withSession(options, (writer) => refuseUnserved(writer, migrations))
}

/** The same, and where what a write would run belongs to a role that is not trusted: to be asked before anything is written. */
export async function refuseToWrite(options: MigrateOptions): Promise<void> {
  const migrations = await readMigrations(options.folder)
  await withSession(options, async (writer) => {
    await refuseUnserved(writer, migrations)
    await refuseUntrustedWrite(writer, migrations, options.settings?.trusted_owners)
  })
}

/** Why `up` would stop before it begins, a sentence each, and the statements for a person where no migration runs. Reads only. */
export async function whatStopsUp(options: MigrateOptions): Promise<{ refused: string[]; statements: string[] }> {
  const migrations = await readMigrations(options.folder)
  return withSession(options, async (writer) => {
    const refused = [...(await obstaclesOf(writer, migrations)), ...(await untrustedOf(writer, migrations))].map(
      ({ what }) => what,
    )
    return { refused, statements: await partitionedIndexes(writer, migrations) }
  })
}
