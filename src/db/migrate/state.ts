import type { Writer } from '../db.ts'
import { compare } from './compare.ts'
import { MigrationError } from './error.ts'
import type { Migration } from './files.ts'
import { readRecorded, type Recorded } from './record.ts'

/** What the bookkeeping says of the migrations of this build. */
export interface State {
  recorded: Recorded[]
  /** Recorded by a newer build. */
  unknown: string[]
  pending: string[]
}

/** Throws MigrationError where the files and the bookkeeping do not fit. */
export async function readState(writer: Writer, migrations: Migration[]): Promise<State> {
  const recorded = (await readRecorded(writer)) ?? []
  const unknown = compare(migrations, recorded)
  const names = new Set(recorded.map(({ name }) => name))
  return { recorded, unknown, pending: migrations.map(({ name }) => name).filter((name) => !names.has(name)) }
}

/** The name of the migration that was given by its name or number. */
export function named(migrations: Migration[], given: string): string {
  const found = migrations.find(({ name }) => name === given || name.slice(0, 3) === given.padStart(3, '0'))
  if (found === undefined)
    throw new MigrationError(
      `there is no migration ${given}; there are ${migrations.map(({ name }) => name).join(', ')}`,
    )
  return found.name
}
