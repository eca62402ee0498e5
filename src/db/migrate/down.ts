import type { Writer } from '../db.ts'
import { MigrationError } from './error.ts'
import { readMigrations, type Migration } from './files.ts'
import { takeLock } from './lock.ts'
import { refuseUntrusted } from './obstacles.ts'
import { missingOf, present } from './probe.ts'
import { allowToDestroy, runDown } from './run.ts'
import { withSession, type MigrateOptions } from './session.ts'
import { named, readState } from './state.ts'

export interface HowFar {
  /** Down to and including this one (a name or its number). */
  to?: string | undefined
  /** So many; default: the last one. */
  steps?: number | undefined
  /** Also where rows or links would be lost. */
  destroy?: boolean | undefined
}

/** Reverts recorded migrations, the last one first. What that destroys stands in migrations/README.md. Throws MigrationError. */
export async function migrateDown(
  options: MigrateOptions,
  { to, steps = 1, destroy = false }: HowFar = {},
): Promise<{ reverted: string[] }> {
  const migrations = await readMigrations(options.folder)
  const last = to === undefined ? undefined : named(migrations, to)
  return withSession(options, async (writer) => {
    await takeLock(writer, options)
    await refuseUntrusted(writer, migrations, options.settings?.trusted_owners)
    const recorded = await revertible(writer, migrations)
    if (last !== undefined && !recorded.some(({ name }) => name === last)) await sayUnrecorded(writer, migrations, last)
    const chosen = last === undefined ? recorded.slice(0, steps) : recorded.filter(({ name }) => name >= last)
    await checkFirst(writer, chosen, destroy)
    const reverted: string[] = []
    for (const migration of chosen) {
      await sayingWhere(migration, reverted, () => runDown(writer, migration, options, destroy))
      reverted.push(migration.name)
    }
    return { reverted }
  })
}

/** What is recorded, the last one first. */
async function revertible(writer: Writer, migrations: Migration[]): Promise<Migration[]> {
  const { recorded, unknown } = await readState(writer, migrations)
  if (unknown.length > 0) {
    throw new MigrationError(
      `${unknown.join(', ')} came after what this build knows: revert that first, with the build that it belongs to`,
    )
  }
  if (recorded.length === 0) {
    throw new MigrationError(
      'nothing is recorded, so there is nothing to revert: "migrate up" records what is in place already, or run the _down files by hand',
    )
  }
  return migrations.filter(({ name }) => recorded.some((row) => row.name === name)).toReversed()
}

async function sayUnrecorded(writer: Writer, migrations: Migration[], name: string): Promise<never> {
  const migration = migrations.find((each) => each.name === name)
  const there = migration !== undefined && present(await missingOf(writer, migration))
  throw new MigrationError(
    `${name} is not recorded, so it cannot be reverted: ${there ? 'it is in place, and "migrate up" records it' : 'it is not in place, or was reverted already'}`,
  )
}

/** Asks all guards before anything is reverted, so that a refusal leaves everything as it was. They ask once more when their turn comes. */
async function checkFirst(writer: Writer, chosen: Migration[], destroy: boolean): Promise<void> {
  await allowToDestroy(writer, destroy)
  const refusals = new Map<string, string[]>()
  for (const { name, down } of chosen) {
    if (down === undefined)
      throw new MigrationError(
        `${name} cannot be reverted: ${name}_down.sql is missing; write or restore it. Nothing was reverted`,
      )
    if (down.guard === undefined) continue
    try {
      await writer.script(down.guard)
    } catch (error) {
      const { code, message, hint = '' } = error as { code?: string; message: string; hint?: string }
      if (code !== RAISED)
        throw new MigrationError(`the guard of ${down.file} failed: ${message}. Nothing was reverted`, { cause: error })
      refusals.set(hint, [...(refusals.get(hint) ?? []), message])
    }
  }
  if (refusals.size > 0) throw new MigrationError(`nothing was reverted:${batchedLookups(refusals)}`)
}

/** Those with the same advice in one line; one alone in the line that is begun. */
function batchedLookups(refusals: Map<string, string[]>): string {
  const lines = [...refusals].map(([hint, messages]) => `${messages.join('; ')}. ${hint}`.trimEnd())
  return lines.map((line) => `${lines.length === 1 ? ' ' : '\n  '}${line}`).join('')
}

/** raise_exception: what a file says by itself. */
const RAISED = 'P0001'

/** Of several steps one fails: those before it stay reverted. */
async function sayingWhere({ name, down }: Migration, reverted: string[], work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (!(error instanceof MigrationError)) throw error
    const itself =
      down?.transaction === true ? `${name} is as it was` : `${name} may be half reverted: run "migrate down" again`
    const before =
      reverted.length === 0
        ? 'nothing else was reverted'
        : `reverted before it: ${reverted.join(', ')}; "migrate up" runs them again`
    throw new MigrationError(`${error.message}. ${itself}; ${before}`, { cause: error })
  }
}
