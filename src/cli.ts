import cliProgress from 'cli-progress'
import { pino, type Logger } from 'pino'
import { buildApp } from './app.ts'
import { newKey } from './commands/key.ts'
import { asksForHelp, options, USAGE, UsageError, whole } from './commands/usage.ts'
import type { Config } from './config/groups.ts'
import { readConfig } from './config/read.ts'
import { migrationStatus, type MigrationStatus } from './db/migrate/check.ts'
import { migrateDown } from './db/migrate/down.ts'
import { migrateUp } from './db/migrate/migrate.ts'
import type { MigrateOptions } from './db/migrate/session.ts'
import { refuseToWrite, whatStopsUp } from './db/migrate/stops.ts'
import { createReader } from './db/pool/pool.ts'
import { codeOf } from './db/pool/statement.ts'
import { checkGroundFirst } from './demo/ground.ts'
import { liveDemo } from './demo/live.ts'
import { loadDemo, type DemoOptions } from './demo/load.ts'
import { createLog } from './log.ts'
import { serve, settingsOf } from './commands/serve.ts'
import { migrateOptions, migrateOrCheck } from './commands/migrations.ts'
import { joinSource, type Source } from './commands/open-database.ts'

async function run(argv: string[]): Promise<void> {
  const [command, ...rest] = argv
  if (asksForHelp(argv)) return print(USAGE)
  if (command === 'key') return key(rest)
  if (command === 'migrate') return migrate(rest)
  if (command === 'demo') return demo(rest)
  const { positionals } = options({ args: argv, allowPositionals: true })
  if (command === 'serve' && positionals.length === 1) return serve(readConfig(process.env, { listening: true }))
  if (command === 'openapi' && positionals.length === 1) return printOpenapi()
  throw new UsageError(command === undefined ? 'no command was given' : `there is no command "${argv.join(' ')}"`)
}

async function printOpenapi(): Promise<void> {
  const app = await buildApp({
    db: createReader(),
    ...settingsOf(readConfig({})),
    life: {
      stage: { name: 'ready' },
      log: pino({ level: 'silent' }),
      stopGrace: 0,
      lost: { look: () => Promise.resolve(undefined), last: () => undefined },
    },
  })
  await app.ready()
  process.stdout.write(`${JSON.stringify(app.swagger(), null, 2)}\n`)
}

function key(argv: string[]): void {
  const made = newKey(argv)
  print(`the key, which is shown this once: ${made.key}`)
  print(`its entry in the array of API_KEYS_FILE: ${JSON.stringify(made.entry)}`)
}

async function migrate(argv: string[]): Promise<void> {
  const {
    values: { to, steps, destroy },
    positionals,
  } = options({
    args: argv,
    allowPositionals: true,
    options: { to: { type: 'string' }, steps: { type: 'string' }, destroy: { type: 'boolean' } },
  })
  const [direction, ...more] = positionals
  if (!['up', 'down', 'status'].includes(direction ?? '') || more.length > 0)
    throw new UsageError('migrate takes one of up, down, status')
  if (direction !== 'down' && steps !== undefined) throw new UsageError(`migrate ${direction} takes no --steps`)
  if (direction !== 'down' && destroy !== undefined) throw new UsageError(`migrate ${direction} takes no --destroy`)
  if (direction === 'status' && to !== undefined) throw new UsageError('migrate status takes no --to')
  if (steps !== undefined && to !== undefined) throw new UsageError('migrate down takes --to or --steps, not both')
  const count = steps === undefined ? undefined : whole('--steps', steps, 1, 1000)
  await withSource(async (source, log, signal, config) => {
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

async function demo(argv: string[]): Promise<void> {
  const { values } = options({
    args: argv,
    options: {
      invocations: { type: 'string' },
      seed: { type: 'string', default: '7' },
      'per-minute': { type: 'string' },
      thin: { type: 'boolean', default: false },
      force: { type: 'boolean', default: false },
      live: { type: 'boolean', default: false },
    },
  })
  const { thin, force, live } = values
  if (values['per-minute'] !== undefined && !live) throw new UsageError('--per-minute needs --live')
  const seed = whole('--seed', values.seed, 0, 4_294_967_295)
  const perMinute = whole('--per-minute', values['per-minute'] ?? '60', 1, 600)
  const asked = values.invocations ?? (live ? undefined : '5000')
  const invocations = asked === undefined ? undefined : whole('--invocations', asked, 1, 50_000_000)
  await withSource(async (source, log, signal, config) => {
    const { connection, name } = source
    print(`database: ${name}`)
    await refuseToWrite(migrateOptions(config.migrations, source, log, signal))
    await checkGroundFirst(connection, force)
    await migrateOrCheck(config.migrations, source, log, signal)
    if (invocations !== undefined) await load(connection, { invocations, seed, thin, force, signal })
    if (live) await liveDemo(connection, { seed, perMinute, force, signal, log: print })
  })
}

async function load(connection: Source['connection'], wanted: DemoOptions): Promise<void> {
  const bar = new cliProgress.SingleBar(
    { format: '{bar} {percentage} % | {value} of {total} invocations | {eta_formatted} left' },
    cliProgress.Presets.shades_classic,
  )
  bar.start(wanted.invocations, 0)
  const loaded = await loadDemo(connection, { ...wanted, progress: (done) => bar.update(done) }).finally(() =>
    bar.stop(),
  )
  print(
    `${loaded.invocations} invocations, ${loaded.events} events, ${loaded.jobs} jobs in ${loaded.seconds.toFixed(1)} s`,
  )
}

/** Works on the database of the environment, which is closed again at the end; SIGINT and SIGTERM abort the signal. */
async function withSource(
  work: (source: Source, log: Logger, signal: AbortSignal, config: Config) => Promise<void>,
): Promise<void> {
  const config = readConfig(process.env)
  const log = createLog(config.logLevel === 'info' ? 'warn' : config.logLevel, process.stdout.isTTY)
  const stopping = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => stopping.abort(new Error(`stopped by ${signal}`)))
  const source = await joinSource(config.database, (message) => log.info(message))
  try {
    await work(source, log, stopping.signal, config)
  } catch (cause) {
    // A refusal has no code, and says enough; what the database or the way to it fails with has one.
    throw codeOf(cause) === undefined ? cause : new Error(await source.explain((cause as Error).message), { cause })
  } finally {
    await source.stop()
  }
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}

try {
  await run(process.argv.slice(2))
} catch (error) {
  const { message } = error as Error
  process.stderr.write(error instanceof UsageError ? `${message}\n\n${USAGE}\n` : `${message}\n`)
  process.exitCode = 1
}
