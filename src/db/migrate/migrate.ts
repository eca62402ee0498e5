import type pg from 'pg'
import { Umzug } from 'umzug'
import { requireEffects, warnUnknown } from './check.ts'
import { compare } from './compare.ts'
import { MigrationError } from './error.ts'
import { readMigrations, type Migration } from './files.ts'
import { takeLock } from './lock.ts'
import { readRecorded, type Recorded } from './record.ts'
import { runDown, runUp } from './run.ts'
import { withSession, type MigrateOptions } from './session.ts'

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
export async function migrateUp(options: MigrateOptions, { to }: { to?: string | undefined } = {}): Promise<MigratedUp> {
  const migrations = await readMigrations(options.folder)
  const last = to === undefined ? undefined : named(migrations, to)
  return withSession(options, async (client) => {
    const before = await state(client, migrations)
    // Nothing to do needs no lock, and no more rights than to read.
    if (before.pending.length > 0) await takeLock(client, options)
    const { recorded, unknown, pending } = before.pending.length > 0 ? await state(client, migrations) : before
    warnUnknown(unknown, options.log)
    const result: MigratedUp = { applied: [], adopted: [], already: recorded.length, unknown }
    const umzug = planned(migrations, recorded, {
      up: async (migration) => (await runUp(client, migration, options) ? result.applied : result.adopted).push(migration.name),
      down: async () => undefined,
    })
    const inReach = last === undefined || pending.includes(last)
    if (inReach) await unwrapped(umzug.up(last === undefined ? {} : { to: last }))
    const done = new Set([...recorded.map(({ name }) => name), ...result.applied, ...result.adopted])
    await requireEffects(client, migrations.filter(({ name }) => done.has(name)), options.log)
    return result
  })
}

/**
 * Reverts the last recorded migration, the last `steps`, or down to and including `to` (a name or its number).
 * What that destroys stands in migrations/README.md. Throws MigrationError.
 */
export async function migrateDown(options: MigrateOptions, { to, steps }: { to?: string | undefined; steps?: number | undefined } = {}): Promise<{ reverted: string[] }> {
  const migrations = await readMigrations(options.folder)
  const last = to === undefined ? undefined : named(migrations, to)
  return withSession(options, async (client) => {
    await takeLock(client, options)
    const { recorded, unknown } = await state(client, migrations)
    if (unknown.length > 0) {
      throw new MigrationError(`${unknown.join(', ')} came after what this build knows: revert that first, with the build that it belongs to`)
    }
    if (recorded.length === 0) {
      throw new MigrationError('nothing is recorded, so there is nothing to revert: "migrate up" records what is in place already, or run the _down files by hand')
    }
    if (last !== undefined && !recorded.some(({ name }) => name === last)) throw new MigrationError(`${last} is not recorded, so it cannot be reverted`)
    const umzug = planned(migrations, recorded, {
      up: async () => undefined,
      down: (migration) => runDown(client, migration, options),
    })
    const reverted = await unwrapped(umzug.down(last !== undefined ? { to: last } : { step: steps ?? 1 }))
    return { reverted: reverted.map(({ name }) => name) }
  })
}

interface State {
  recorded: Recorded[]
  unknown: string[]
  pending: string[]
}

async function state(client: pg.Client, migrations: Migration[]): Promise<State> {
  const recorded = (await readRecorded(client)) ?? []
  const unknown = compare(migrations, recorded)
  const names = new Set(recorded.map(({ name }) => name))
  return { recorded, unknown, pending: migrations.map(({ name }) => name).filter((name) => !names.has(name)) }
}

/** umzug orders and selects. Its storage only tells what is recorded: the row is written where the migration's transaction is. */
function planned(migrations: Migration[], recorded: Recorded[], run: Record<'up' | 'down', (migration: Migration) => Promise<unknown>>): Umzug {
  return new Umzug({
    migrations: migrations.map((migration) => ({ name: migration.name, up: () => run.up(migration), down: () => run.down(migration) })),
    storage: { executed: async () => recorded.map(({ name }) => name), logMigration: async () => undefined, unlogMigration: async () => undefined },
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

function named(migrations: Migration[], given: string): string {
  const found = migrations.find(({ name }) => name === given || name.slice(0, 3) === given.padStart(3, '0'))
  if (found === undefined) throw new MigrationError(`there is no migration ${given}; there are ${migrations.map(({ name }) => name).join(', ')}`)
  return found.name
}
