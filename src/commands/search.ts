import type { Writer } from '../db/db.ts'
import { checkMigrations } from '../db/migrate/check.ts'
import { refuseToWrite } from '../db/migrate/stops.ts'
import { instant } from '../domain/instant.ts'
import { indexSettings } from '../domain/search/index-settings.ts'
import type { SearchSettings } from '../domain/search/settings.ts'
import { whyNothingIsIndexed } from '../domain/search/use.ts'
import { indexSize } from '../queries/search/index-sweep.ts'
import { readReach } from '../queries/search/reach.ts'
import { searchRights } from '../queries/search/rights.ts'
import { inTurn } from '../workers/links/turn.ts'
import { rebuildIndex } from '../workers/search/rebuild.ts'
import { openWorkSession } from '../workers/session.ts'
import { progressBar } from './links-progress.ts'
import { migrateOptions } from './migrations.ts'
import { onDatabase } from './on-database.ts'
import { print } from './print.ts'
import { oneWord, options } from './usage.ts'

/** `search rebuild | status`. Throws UsageError, or the sentence of what stands in the way. */
export async function search(argv: string[], env: NodeJS.ProcessEnv): Promise<void> {
  const { positionals } = options({ args: argv, allowPositionals: true })
  const name = oneWord('search', ['rebuild', 'status'], positionals)
  await onDatabase(env, async (source, log, signal, config) => {
    print(`database: ${source.name}`)
    const quiet = { ...migrateOptions(config.migrations, source, log, signal), log: silent }
    await checkMigrations(quiet)
    const writer = await openWorkSession(source.connection, 'search', log)
    try {
      if (name === 'rebuild') {
        await refuseToWrite(quiet)
        await rebuild(writer, config.search, signal)
      }
      await status(writer, config.search)
    } finally {
      await writer.end()
    }
  })
}

async function rebuild(writer: Writer, settings: SearchSettings, signal: AbortSignal): Promise<void> {
  const why = whyNothingIsIndexed(await searchRights(writer))
  if (why !== undefined) throw new Error(`nothing can be indexed: ${why}`)
  const bar = progressBar('invocations')
  const started = performance.now()
  const indexed = await inTurn(writer, { what: 'search rebuild', signal, say: print }, (lease) =>
    rebuildIndex({ writer, lease, settings, signal, progress: bar.update }),
  ).finally(bar.stop)
  print(`${indexed} invocations were indexed in ${Math.round((performance.now() - started) / 100) / 10} s`)
}

async function status(writer: Writer, settings: SearchSettings): Promise<void> {
  const { there, select } = await searchRights(writer)
  if (!there || !select)
    throw new Error(
      'public.observability_search and public.observability_search_reach are not there, or this role may not read them',
    )
  const reach = await readReach(writer, indexSettings(settings))
  const { rows, bytes } = await indexSize(writer)
  print(
    reach === undefined
      ? 'there is no index by these SEARCH_PATHS and SEARCH_KEYS'
      : `invocations after ${instant(reach.from)} and before ${instant(reach.to)} are indexed`,
  )
  print(`the index holds about ${rows} rows in ${Math.ceil(bytes / 1024)} KiB`)
}

/** What is merely wanted is no matter of these commands. */
const silent = { info: () => undefined, warn: () => undefined }
