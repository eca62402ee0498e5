import { checkMigrations } from '../db/migrate/check.ts'
import { refuseToWrite } from '../db/migrate/stops.ts'
import type { Session, Writer } from '../db/db.ts'
import { countedShare } from '../domain/rollup/due.ts'
import { rollupTables, summaryTables, type OwnTables } from '../domain/rollup/own-tables.ts'
import { whyNothingIsKept } from '../domain/rollup/use.ts'
import type { RowRules } from '../domain/liveness.ts'
import { forgetHours } from '../queries/rollups/hours.ts'
import { ownTableRights } from '../queries/rollups/rights.ts'
import { tableBytes } from '../queries/rollups/size.ts'
import { forgetTreeHours } from '../queries/summaries/hours.ts'
import { decideLinkRecovery } from '../reading/links/recovery.ts'
import { inTurn } from '../workers/links/turn.ts'
import type { HourWork } from '../workers/rollups/hours-in-turn.ts'
import { rebuildHours } from '../workers/rollups/rebuild.ts'
import { rollupWork } from '../workers/rollups/task.ts'
import { openWorkSession } from '../workers/session.ts'
import { summaryWork } from '../workers/summaries/task.ts'
import { progressBar } from './links-progress.ts'
import { migrateOptions } from './migrations.ts'
import { onDatabase } from './on-database.ts'
import { print } from './print.ts'
import { oneWord, options } from './usage.ts'

/** What is kept of each hour, and in which tables. */
interface Kept {
  /** What is done with hours: "5 hours are counted". */
  done: string
  tables: OwnTables
  hours: HourWork
  forget: (session: Session) => Promise<void>
}

/** `rollups rebuild | status`. Throws UsageError, or the sentence of what stands in the way. */
export async function rollups(argv: string[], env: NodeJS.ProcessEnv): Promise<void> {
  const { positionals } = options({ args: argv, allowPositionals: true })
  const name = oneWord('rollups', ['rebuild', 'status'], positionals)
  await onDatabase(env, async (source, log, signal, config) => {
    print(`database: ${source.name}`)
    const quiet = { ...migrateOptions(config.migrations, source, log, signal), log: silent }
    await checkMigrations(quiet)
    const writer = await openWorkSession(source.connection, 'rollups', log)
    try {
      const { linkWay } = await decideLinkRecovery(writer, config.links.recovery)
      const all = kept({ ...config.rules, linkWay })
      if (name === 'rebuild') {
        await refuseToWrite(quiet)
        for (const each of all) await refuseUnlessKept(writer, each)
        for (const each of all) await rebuild(writer, each, signal)
      }
      for (const each of all) await status(writer, each)
    } finally {
      await writer.end()
    }
  })
}

function kept(rules: RowRules): Kept[] {
  return [
    { done: 'counted', tables: rollupTables, hours: rollupWork(rules.linkWay), forget: forgetHours },
    { done: 'summed up as trees', tables: summaryTables, hours: summaryWork(rules), forget: forgetTreeHours },
  ]
}

async function refuseUnlessKept(writer: Writer, { done, tables }: Kept): Promise<void> {
  const why = whyNothingIsKept(tables, await ownTableRights(writer, tables))
  if (why !== undefined) throw new Error(`hours cannot be ${done}: ${why}`)
}

async function rebuild(writer: Writer, { done, hours, forget }: Kept, signal: AbortSignal): Promise<void> {
  const bar = progressBar('hours')
  const started = performance.now()
  const counted = await inTurn(writer, { what: 'rollups rebuild', signal, say: print }, (lease) =>
    rebuildHours({ writer, lease, hours, forget, signal, progress: bar.update }),
  ).finally(bar.stop)
  print(`${counted} hours were ${done} in ${Math.round((performance.now() - started) / 100) / 10} s`)
}

async function status(writer: Writer, { done, tables, hours }: Kept): Promise<void> {
  const { there, select } = await ownTableRights(writer, tables)
  if (!there || !select)
    throw new Error(
      `${tables.names.map((name) => `public.${name}`).join(' and ')} are not there, or this role may not read them`,
    )
  const known = await hours.look(writer)
  const { counted, all } = countedShare({ ...known, until: hours.until })
  const oldest = known.states
    .filter(({ current }) => current)
    .map(({ countedAt }) => countedAt)
    .toSorted()[0]
  print(`${counted} of ${all} hours are ${done}, in ${Math.ceil((await tableBytes(writer, tables)) / 1024)} KiB`)
  if (oldest !== undefined) print(`the one that was ${done} longest ago was so at ${oldest}`)
}

/** What is merely wanted is no matter of these commands. */
const silent = { info: () => undefined, warn: () => undefined }
