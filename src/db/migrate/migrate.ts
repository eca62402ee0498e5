import type { Writer } from '../db.ts'
import { Umzug } from 'umzug'
import { requireEffects, warnUnknown } from './check.ts'
import { explained } from './error.ts'
import { readMigrations, type Migration } from './files.ts'
import { takeLock } from './lock.ts'
import { refuseObstacles, refuseUntrusted } from './obstacles.ts'
import { makeBookkeeping, type Recorded } from './record.ts'
import { runUp } from './run.ts'
import { withSession, type MigrateOptions } from './session.ts'
import { named, readState } from './state.ts'

/** Migration names in the order in which they were run. */
export interface MigratedUp {
  applied: string[]
  /** Found in place, so only recorded. */
  adopted: string[]
  /** How many were recorded before. */
  already: number
  /** Recorded by a newer build; this one does not know them. */
  unknown: string[]
}

/**
 * Runs what is not recorded yet, up to and including `to` (a name or its number; default: all). Many processes may call this at once:
 * one works, the others wait. Throws MigrationError.
 */
export async function migrateUp(
  options: MigrateOptions,
  { to }: { to?: string | undefined } = {},
): Promise<MigratedUp> {
  const migrations = await readMigrations(options.folder)
  const last = to === undefined ? undefined : named(migrations, to)
  return withSession(options, async (writer) => {
    await refuseUntrusted(writer, migrations, options.settings?.trusted_owners)
    const before = await readState(writer, migrations)
    // Nothing to do needs no lock, and no more rights than to read.
    if (before.pending.length > 0) await prepare(writer, migrations, options)
    const { recorded, unknown, pending } = before.pending.length > 0 ? await readState(writer, migrations) : before
    warnUnknown(unknown, options.log)
    const result: MigratedUp = { applied: [], adopted: [], already: recorded.length, unknown }
    const umzug = planned(migrations, recorded, async (migration) => {
      const ran = await runUp(writer, migration, options)
      const list = ran ? result.applied : result.adopted
      list.push(migration.name)
    })
    const inReach = last === undefined || pending.includes(last)
    if (inReach) await unwrapped(umzug.up(last === undefined ? {} : { to: last }))
    const done = new Set([...recorded.map(({ name }) => name), ...result.applied, ...result.adopted])
    await requireEffects(
      writer,
      migrations.filter(({ name }) => done.has(name)),
      options.log,
    )
    return result
  })
}

/** Takes the lock, looks whether this database may be migrated, and opens the bookkeeping. */
async function prepare(writer: Writer, migrations: Migration[], options: MigrateOptions): Promise<void> {
  await takeLock(writer, options)
  await refuseObstacles(writer, migrations)
  await explained('the bookkeeping of the migrations (public.observability_migrations) cannot be made', () =>
    makeBookkeeping(writer),
  )
  // Once more: it may have been made by somebody else in this moment, with a trigger on it.
  await refuseUntrusted(writer, migrations, options.settings?.trusted_owners)
}

/** umzug orders and selects. Its storage only tells what is recorded: the row is written where the migration's transaction is. */
function planned(migrations: Migration[], recorded: Recorded[], run: (migration: Migration) => Promise<void>): Umzug {
  return new Umzug({
    migrations: migrations.map((migration) => ({ name: migration.name, up: () => run(migration) })),
    storage: {
      executed: async () => recorded.map(({ name }) => name),
      logMigration: async () => undefined,
      unlogMigration: async () => undefined,
    },
    logger: undefined,
  })
}

/** umzug wraps what a migration throws; the sentence is inside. */
async function unwrapped<T>(running: Promise<T>): Promise<T> {
  try {
    return await running
  } catch (error) {
    throw error instanceof Error && error.cause instanceof Error ? error.cause : error
  }
}
