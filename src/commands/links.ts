import { checkMigrations } from '../db/migrate/check.ts'
import { refuseToWrite } from '../db/migrate/stops.ts'
import { WINDOW_ALLOWED, windowMs } from '../domain/paging/page.ts'
import { openWorkSession } from '../workers/session.ts'
import { mend } from './links-mend.ts'
import { scan } from './links-scan.ts'
import { undo } from './links-undo.ts'
import { migrateOptions } from './migrations.ts'
import { onDatabase } from './on-database.ts'
import { print } from './print.ts'
import { oneWord, options, UsageError, whole } from './usage.ts'

const commands = { scan, mend, undo }

/** `links scan | mend | undo …`. Throws UsageError, or the sentence of what stands in the way. */
export async function links(argv: string[], env: NodeJS.ProcessEnv): Promise<void> {
  const { values, positionals } = options({
    args: argv,
    allowPositionals: true,
    options: {
      window: { type: 'string' },
      rate: { type: 'string' },
      'dry-run': { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  })
  const command = commands[oneWord('links', ['scan', 'mend', 'undo'], positionals)]
  const { window, json } = values
  const length = window === undefined ? undefined : windowMs(window)
  if (window !== undefined && length === undefined)
    throw new UsageError(`--window is ${window}; allowed is ${WINDOW_ALLOWED}`)
  const rate = values.rate === undefined ? undefined : whole('--rate', values.rate, 1, 1_000_000)
  const say = json ? (line: string) => void process.stderr.write(`${line}\n`) : print
  await onDatabase(env, async (source, log, signal, config) => {
    say(`database: ${source.name}`)
    const quiet = { ...migrateOptions(config.migrations, source, log, signal), log: silent }
    await checkMigrations(quiet)
    const writer = await openWorkSession(source.connection, 'links', log)
    try {
      await command({
        writer,
        links: config.links,
        signal,
        window,
        windowMs: length,
        rate,
        dryRun: values['dry-run'],
        json,
        say,
        refuseToWrite: () => refuseToWrite(quiet),
      })
    } finally {
      await writer.end()
    }
  })
}

/** What is merely wanted is no matter of these commands. */
const silent = { info: () => undefined, warn: () => undefined }
