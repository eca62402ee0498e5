import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { MigrationError } from './error.ts'
import { parseScript, type Script } from './script.ts'

/** `NNN_description`, with the file that does it and the one that undoes it. */
export interface Migration {
  name: string
  up: Script
  down: Script | undefined
  /** What later migrations take away again, so that its absence is no fault. */
  removedLater: string[]
}

const PATTERN = /^(\d{3}_[a-z0-9_]+)_(up|down)\.sql$/

/** All migrations of a folder, in order. Throws MigrationError on a gap, a number given twice, a strange name, a missing up file or probe. */
export async function readMigrations(folder: string): Promise<Migration[]> {
  const files = (await namesIn(folder)).filter((name) => name.endsWith('.sql'))
  const strange = files.find((file) => !PATTERN.test(file))
  if (strange !== undefined) {
    throw new MigrationError(
      `${join(folder, strange)} is not named like a migration: call it NNN_description_up.sql or NNN_description_down.sql`,
    )
  }
  const names = [...new Set(files.map((file) => PATTERN.exec(file)?.[1] ?? ''))].sort()
  const migrations: Migration[] = []
  for (const [index, name] of names.entries()) {
    const number = String(index).padStart(3, '0')
    if (!name.startsWith(`${number}_`)) {
      throw new MigrationError(
        `${folder} has ${name} where a migration numbered ${number} should stand: numbers go up from 000 by one; restore the missing file or renumber`,
      )
    }
    migrations.push(await readMigration(folder, name, files))
  }
  if (migrations.length === 0)
    throw new MigrationError(`${folder} holds no migration: it should be the folder "migrations" of this service`)
  for (const [index, migration] of migrations.entries())
    migration.removedLater = migrations.slice(index + 1).flatMap(({ up }) => up.removes)
  return migrations
}

async function readMigration(folder: string, name: string, files: string[]): Promise<Migration> {
  const read = async (file: string): Promise<Script | undefined> =>
    files.includes(file) ? parseScript(file, await readFile(join(folder, file), 'utf8')) : undefined
  const up = await read(`${name}_up.sql`)
  if (up === undefined) throw new MigrationError(`${folder} has ${name}_down.sql but no ${name}_up.sql: restore it`)
  if (up.probes.length === 0)
    throw new MigrationError(
      `${up.file} has no probe: its verification must hold a SELECT between "-- probe needed" (or wanted) and "-- end probe"`,
    )
  return { name, up, down: await read(`${name}_down.sql`), removedLater: [] }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder)
  } catch (cause) {
    throw new MigrationError(`the migrations folder ${folder} cannot be read: ${(cause as Error).message}`, { cause })
  }
}
