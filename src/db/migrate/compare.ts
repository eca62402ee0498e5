import { MigrationError } from './error.ts'
import type { Migration } from './files.ts'
import type { Recorded } from './record.ts'
import type { Script } from './script.ts'

/**
 * The names that are recorded but unknown to this build. Throws MigrationError where the files and the bookkeeping do not fit:
 * a file that was edited since (and is no version that its header names), a gap, two migrations of one number, an unknown one that is breaking.
 */
export function compare(migrations: Migration[], recorded: Recorded[]): string[] {
  const byName = new Map(recorded.map((row) => [row.name, row]))
  for (const { name, up } of migrations) {
    const row = byName.get(name)
    if (row !== undefined && !isVersion(up, row.checksum)) {
      throw new MigrationError(
        `${up.file} was edited after ${row.appliedAt}, when it was recorded (sha256 ${row.checksum.slice(0, 12)}…, now ${up.checksum.slice(0, 12)}…): restore the file from version control and put the change into a new migration`,
      )
    }
  }
  const unknown = recorded.map(({ name }) => name).filter((name) => !migrations.some((known) => known.name === name))
  refuseGap(migrations, byName, recorded.at(-1)?.name)
  const breaking = unknown.filter((name) => byName.get(name)?.breaking)
  if (breaking.length > 0) {
    throw new MigrationError(
      `the database has the breaking migration ${breaking.join(', ')}, which this build does not know: start a newer build, or revert it with the build that knows it`,
    )
  }
  return unknown
}

/** Is this the checksum of the file as it is, or as it once was? */
export function isVersion({ checksum, earlier }: Script, recorded: string): boolean {
  return recorded === checksum || earlier.includes(recorded)
}

function refuseGap(migrations: Migration[], recorded: Map<string, Recorded>, last: string | undefined): void {
  const missing = migrations.find(({ name }) => !recorded.has(name))
  if (missing === undefined || last === undefined || number(missing.name) > number(last)) return
  const other = [...recorded.keys()].find((name) => number(name) === number(missing.name))
  throw new MigrationError(
    other === undefined
      ? `${missing.name} is not recorded although ${last} is: run ${missing.up.file} by hand with psql, then record it (see "A gap" in migrations/README.md)`
      : `the database has ${other} where this build has ${missing.name}: they come from different branches; start the build that ${other} belongs to, or renumber the newer one`,
  )
}

function number(name: string): number {
  return Number(name.slice(0, 3))
}
