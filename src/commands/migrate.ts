import { migrationStatus, type MigrationStatus } from '../db/migrate/check.ts'
import { migrateDown } from '../db/migrate/down.ts'
import { migrateUp } from '../db/migrate/migrate.ts'
import type { MigrateOptions } from '../db/migrate/session.ts'
import { whatStopsUp } from '../db/migrate/stops.ts'
import { migrateOptions } from './migrations.ts'
import { onDatabase } from './on-database.ts'
import { print } from './print.ts'
import { oneWord, options, UsageError, whole } from './usage.ts'

/** `migrate up | down | status …`. Throws UsageError, or the sentence of what stands in the way. */
export async function migrate(argv: string[], env: NodeJS.ProcessEnv): Promise<void> {
  const {
    values: { to, steps, destroy },
    positionals,
  } = options({
    args: argv,
    allowPositionals: true,
    options: { to: { type: 'string' }, steps: { type: 'string' }, destroy: { type: 'boolean' } },
  })
  const direction = oneWord('migrate', ['up', 'down', 'status'], positionals)
  if (direction !== 'down' && steps !== undefined) throw new UsageError(`migrate ${direction} takes no --steps`)
  if (direction !== 'down' && destroy !== undefined) throw new UsageError(`migrate ${direction} takes no --destroy`)
  if (direction === 'status' && to !== undefined) throw new UsageError('migrate status takes no --to')
  if (steps !== undefined && to !== undefined) throw new UsageError('migrate down takes --to or --steps, not both')
  const count = steps === undefined ? undefined : whole('--steps', steps, 1, 1000)
  await onDatabase(env, async (source, log, signal, config) => {
    const given = migrateOptions(config.migrations, source, log, signal)
    if (direction === 'status') {
      await printStatus(given)
    } else if (direction === 'up') {
      const { applied, adopted, already } = await migrateUp(given, { to })
      print(
        `ran: ${applied.join(', ') || 'nothing'}; found in place: ${adopted.join(', ') || 'nothing'}; recorded before: ${already}`,
      )
    } else {
      const { reverted } = await migrateDown(given, { to, steps: count, destroy })
      print(`reverted: ${reverted.join(', ')}`)
    }
  })
}

async function printStatus(given: MigrateOptions): Promise<void> {
  for (const status of await migrationStatus(given)) print(statusLines(status))
  const { refused, statements } = await whatStopsUp(given)
  for (const what of refused) print(`refused   ${what}`)
  if (statements.length > 0)
    print(`\nto run by hand, for the indexes of partitioned tables:\n\n${statements.join('\n')}`)
}

/** One missing thing stands behind the name, several below it. */
function statusLines({ name, state, missing }: MigrationStatus): string {
  const line = `${state.padEnd(9)} ${name}`
  if (missing.length === 0) return line
  return `${line}  lacks:${missing.map((what) => `${missing.length === 1 ? ' ' : '\n            '}${what}`).join('')}`
}
