import { checkMigrations } from '../db/migrate/check.ts'
import { refuseToWrite } from '../db/migrate/stops.ts'
import type { Writer } from '../db/db.ts'
import { instant } from '../domain/instant.ts'
import type { LinkWay } from '../domain/link/way.ts'
import { countedShare } from '../domain/rollup/due.ts'
import { whyNothingIsCounted } from '../domain/rollup/use.ts'
import { rollupRights } from '../queries/rollups/rights.ts'
import { rollupBytes } from '../queries/rollups/size.ts'
import { decideLinkRecovery } from '../reading/links/recovery.ts'
import { inTurn } from '../workers/links/turn.ts'
import { rebuildRollups } from '../workers/rollups/rebuild.ts'
import { look } from '../workers/rollups/task.ts'
import { openWorkSession } from '../workers/session.ts'
import { progressBar } from './links-progress.ts'
import { migrateOptions } from './migrations.ts'
import { onDatabase } from './on-database.ts'
import { print } from './print.ts'
import { options, UsageError } from './usage.ts'

/** `rollups rebuild | status`. Throws UsageError, or the sentence of what stands in the way. */
export async function rollups(argv: string[], env: NodeJS.ProcessEnv): Promise<void> {
  const { positionals } = options({ args: argv, allowPositionals: true })
  const [name = '', ...more] = positionals
  if (!['rebuild', 'status'].includes(name) || more.length > 0)
    throw new UsageError('rollups takes one of rebuild, status')
  await onDatabase(env, async (source, log, signal, config) => {
    print(`database: ${source.name}`)
    const quiet = { ...migrateOptions(config.migrations, source, log, signal), log: silent }
    await checkMigrations(quiet)
    const writer = await openWorkSession(source.connection, 'rollups', log)
    try {
      const { linkWay } = await decideLinkRecovery(writer, config.links.recovery)
      if (name === 'rebuild') {
        await refuseToWrite(quiet)
        await rebuild(writer, linkWay, signal)
      }
      await status(writer, linkWay)
    } finally {
      await writer.end()
    }
  })
}

async function rebuild(writer: Writer, way: LinkWay, signal: AbortSignal): Promise<void> {
  const why = whyNothingIsCounted(await rollupRights(writer))
  if (why !== undefined) throw new Error(`hours cannot be counted: ${why}`)
  const bar = progressBar('hours')
  const started = performance.now()
  const counted = await inTurn(writer, { what: 'rollups rebuild', signal, say: print }, (lease) =>
    rebuildRollups({ writer, lease, way, signal, progress: bar.update }),
  ).finally(bar.stop)
  print(`${counted} hours were counted in ${Math.round((performance.now() - started) / 100) / 10} s`)
}

async function status(writer: Writer, way: LinkWay): Promise<void> {
  const { there, select } = await rollupRights(writer)
  if (!there || !select)
    throw new Error(
      'public.observability_hours and public.observability_rollups are not there, or this role may not read them',
    )
  const known = await look(writer, way)
  const { counted, all } = countedShare(known)
  const oldest = known.states
    .filter(({ current }) => current)
    .map(({ countedAt }) => countedAt)
    .toSorted()[0]
  print(`${counted} of ${all} hours are counted, in ${Math.ceil((await rollupBytes(writer)) / 1024)} KiB`)
  if (oldest !== undefined) print(`the one that was counted longest ago was so at ${instant(oldest)}`)
}

/** What is merely wanted is no matter of these commands. */
const silent = { info: () => undefined, warn: () => undefined }
