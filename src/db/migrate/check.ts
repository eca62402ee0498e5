import type { Writer } from '../db.ts'
import { compare, isVersion } from './compare.ts'
import { MigrationError } from './error.ts'
import { readMigrations, type Migration } from './files.ts'
import { refuseUnserved } from './obstacles.ts'
import { missingAtLast, present } from './probe.ts'
import { readRecorded } from './record.ts'
import { withSession, type MigrateLog, type MigrateOptions } from './session.ts'

export interface MigrationStatus {
  name: string
  /**
   * recorded, adopted: in the bookkeeping (adopted: found in place); edited: recorded, but the file is another one now;
   * present: in place, not recorded; pending: not in place, at least not all of it; unknown: recorded by a newer build.
   */
  state: 'recorded' | 'adopted' | 'edited' | 'present' | 'pending' | 'unknown'
  appliedAt?: string
  breaking: boolean
  /** What the database lacks of its effect. */
  missing: string[]
}

/** What is recorded and what is in place, in order. Reads only; works without bookkeeping. */
export async function migrationStatus(options: MigrateOptions): Promise<MigrationStatus[]> {
  const migrations = await readMigrations(options.folder)
  return withSession(options, async (writer) => {
    const recorded = (await readRecorded(writer)) ?? []
    const known: MigrationStatus[] = []
    for (const migration of migrations) {
      const { name, up } = migration
      const missing = await missingAtLast(writer, migration)
      const row = recorded.find((row) => row.name === name)
      const unrecorded = present(missing) ? 'present' : 'pending'
      const state =
        row === undefined ? unrecorded : !isVersion(up, row.checksum) ? 'edited' : row.adopted ? 'adopted' : 'recorded'
      known.push({
        name,
        state,
        ...(row && { appliedAt: row.appliedAt }),
        breaking: up.breaking,
        missing: [...missing.needed, ...missing.wanted],
      })
    }
    const unknown = recorded.filter(({ name }) => !migrations.some((migration) => migration.name === name))
    return [
      ...known,
      ...unknown.map(({ name, breaking, appliedAt }): MigrationStatus => ({
        name,
        state: 'unknown',
        appliedAt,
        breaking,
        missing: [],
      })),
    ]
  })
}

/**
 * MIGRATE_ON_START=off: changes nothing, needs no rights on tables. Throws a MigrationError where something needed is missing (a table, a
 * column that is read); warns about what is merely wanted (indexes, constraints, what a newer writer needs).
 */
export async function checkMigrations(options: MigrateOptions): Promise<{ missing: string[]; unknown: string[] }> {
  const migrations = await readMigrations(options.folder)
  return withSession(options, async (writer) => {
    const unknown = compare(migrations, (await readRecorded(writer)) ?? [])
    warnUnknown(unknown, options.log)
    return { missing: await requireEffects(writer, migrations, options.log), unknown }
  })
}

/** Throws where the service cannot answer: something needed is missing, or something else stands in its place. Warns about, and returns, what is merely wanted. */
export async function requireEffects(writer: Writer, migrations: Migration[], log: MigrateLog): Promise<string[]> {
  await refuseUnserved(writer, migrations)
  const needed: string[] = []
  const wanted: Array<{ what: string; without: string }> = []
  for (const migration of migrations) {
    const { file, without = 'the tables are laxer than the writer expects' } = migration.up
    const missing = await missingAtLast(writer, migration)
    needed.push(...missing.needed.map((what) => `${what} (${file})`))
    wanted.push(...missing.wanted.map((what) => ({ what: `${what} (${file})`, without: meaningOf(what) ?? without })))
  }
  if (needed.length > 0) {
    throw new MigrationError(
      `the database lacks ${needed.join(', ')}: run "npm run migrate -- up" as the owner of the tables, or run these files by hand (migrations/README.md)`,
    )
  }
  for (const { what, without } of wanted)
    log.warn({ missing: what }, `the database lacks ${what}: ${without} until that migration is run`)
  return wanted.map(({ what }) => what)
}

/** What it means for readers that this is missing; undefined: nothing. */
function meaningOf(what: string): string | undefined {
  if (what.startsWith('index ')) return 'answers may be slow'
  return what.startsWith('primary key ')
    ? 'answers may be slow, and show an id twice that is doubled later,'
    : undefined
}

export function warnUnknown(unknown: string[], log: MigrateLog): void {
  if (unknown.length === 0) return
  log.warn(
    { unknown },
    `the database has migrations that this build does not know, none of them breaking: ${unknown.join(', ')}`,
  )
}
